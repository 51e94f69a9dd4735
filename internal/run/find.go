package run

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/git"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
)

// A File is one file to look at.
type File struct {
	Name string // as it is shown: the path given, or one below it
	path string // where its bytes are, symbolic links followed

	isPipe bool // such as a shell's <(…)
}

// A Skipped is something that was found and is not looked at, what it is, and why.
type Skipped struct{ Name, Kind, Why string }

// Found is what Find comes to.
type Found struct {
	Files    []File
	Skipped  []Skipped
	Ignored  []File        // left out, since git ignores them
	Hidden   []File        // left out, since their names begin with a dot, or those of their folders that a link leads to
	Findings diag.Findings // what git could not say, and folders that cannot be read
	Broken   int           // of these folders
}

// Find gives the files that paths name, each once, in the order of the paths and
// in a folder by name. A file is taken as it is named; of a folder those of the
// selection, without hidden ones. A symbolic link that is named is followed; inside
// a folder only one to a file of the same folder is, and that file stands for
// itself.
func (s Selection) Find(ctx context.Context, paths []string) (found Found, err error) {
	seen := map[string]bool{}
	add := func(files ...File) {
		for _, f := range files {
			if !seen[f.path] {
				seen[f.path] = true
				found.Files = append(found.Files, f)
			}
		}
	}
	roots := git.Roots{}
	for _, path := range paths {
		named, err := os.Stat(path)
		if err != nil {
			return found, err
		}
		if named.Mode()&fs.ModeNamedPipe != 0 {
			add(File{Name: path, path: path, isPipe: true})
			continue
		}
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			return found, err
		}
		if real, err = filepath.Abs(real); err != nil {
			return found, err
		}
		info, err := os.Stat(real)
		switch {
		case err != nil:
			return found, err
		case info.IsDir():
			files, err := s.walk(&found, path, real)
			if err != nil {
				return found, err
			}
			if !s.NoIgnore {
				var ignored []File
				if files, ignored, err = kept(ctx, roots, real, files); ctx.Err() != nil {
					return found, ctx.Err()
				} else if err != nil {
					found.Findings = append(found.Findings, unasked(path, err))
				}
				found.Ignored = append(found.Ignored, ignored...)
			}
			add(files...)
		case info.Mode().IsRegular():
			add(File{Name: path, path: real})
		default:
			return found, fmt.Errorf("%s is neither a file nor a folder", path)
		}
	}
	found.Ignored = slices.DeleteFunc(found.Ignored, func(f File) bool { return seen[f.path] })
	return found, nil
}

// walk gives the files of a folder that is named as name and lies at root.
// A folder below it that cannot be read is a finding.
func (s Selection) walk(found *Found, name, root string) (files []File, err error) {
	links := map[string]string{} // into hidden folders, by what they lead to
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		below, outside := filepath.Rel(root, path)
		if outside != nil || path == root && err != nil {
			return cmp.Or(outside, err)
		}
		hidden := below != "." && isHidden(below)
		shown := filepath.Join(name, below)
		switch {
		case hidden && (err != nil || e.IsDir() && e.Name() == ".git"): // nobody asked for it
			return fs.SkipDir
		case hidden && e.Type()&fs.ModeSymlink != 0 && isHidden(filepath.Dir(below)):
		case err != nil:
			found.Broken++
			f := report.File.Finding(diag.Position{}, nil, "cannot be read: "+err.Error(), "what is in it was not looked at")
			f.File = shown
			found.Findings = append(found.Findings, f)
			return fs.SkipDir
		case e.IsDir():
		case e.Type()&fs.ModeSymlink != 0:
			if target := hiddenTarget(root, path); target != "" && s.takes(filepath.ToSlash(below)) {
				links[target] = shown
			} else if why := leaves(root, path); why != "" {
				found.Skipped = append(found.Skipped, Skipped{shown, "symbolic link", why})
			}
		case !s.takes(filepath.ToSlash(below)):
		case !e.Type().IsRegular():
			kind := "special file"
			if e.Type()&fs.ModeNamedPipe != 0 {
				kind = "pipe"
			}
			found.Skipped = append(found.Skipped, Skipped{shown, kind, "neither a file nor a folder"})
		case hidden:
			found.Hidden = append(found.Hidden, File{Name: shown, path: path})
		default:
			files = append(files, File{Name: shown, path: path})
		}
		return nil
	})
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	for i := range found.Hidden {
		if link := links[found.Hidden[i].path]; link != "" {
			found.Hidden[i].Name = link
		}
	}
	return files, err
}

// isHidden tells whether a name on a path begins with a dot.
func isHidden(below string) bool {
	return strings.HasPrefix(below, ".") && below != "." || strings.Contains(filepath.ToSlash(below), "/.")
}

func isSpec(path string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(path)))
}

// hiddenTarget gives what a symbolic link in a folder leads to, when that lies in a
// hidden folder of it, as it does where a ConfigMap is mounted.
func hiddenTarget(root, link string) string {
	target, err := filepath.EvalSymlinks(link)
	if err != nil {
		return ""
	}
	below, err := filepath.Rel(root, target)
	if err != nil || !filepath.IsLocal(below) || !strings.Contains("/"+filepath.ToSlash(below), "/.") {
		return ""
	}
	if info, err := os.Stat(target); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return target
}

// leaves says why a symbolic link in a folder is not followed; nothing when what
// it leads to is in the folder anyway, or is no spec.
func leaves(root, link string) string {
	target, err := filepath.EvalSymlinks(link)
	if err != nil {
		return "a symbolic link that leads nowhere"
	}
	if target == root || strings.HasPrefix(target, root+string(filepath.Separator)) {
		return ""
	}
	if info, err := os.Stat(target); err == nil && !info.IsDir() && !isSpec(link) && !isSpec(target) {
		return ""
	}
	return "a symbolic link out of the folder"
}
