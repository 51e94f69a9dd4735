package golden

import (
	"cmp"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// speaking are the rooms whose texts a user reads.
var speaking = []string{"cmd", "fn", "generator", "internal/livekey", "internal/report", "internal/run", "jsonnet/kublr-encryption", "policy", "yamledit"}

// A text is something that a program may say, and where it stands.
type text struct{ at, says string }

// texts gives all strings of the rooms' Go files, of the library's JSON, and of its
// jsonnet files.
func texts(t *testing.T) (all []text) {
	t.Helper()
	for _, room := range speaking {
		err := filepath.WalkDir(filepath.Join("..", room), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() && slices.Contains([]string{"testdata", "test", "examples", "front", "model"}, e.Name()) {
				return cmp.Or(err, fs.SkipDir)
			}
			src, read := []byte(nil), error(nil)
			if !e.IsDir() {
				src, read = os.ReadFile(path)
			}
			switch {
			case strings.HasSuffix(path, "_test.go"):
			case strings.HasSuffix(path, ".go"):
				all = append(all, stringsOfGo(t, path)...)
			case slices.Contains([]string{"messages.json", "codes.json", "looks.json"}, e.Name()):
				var v any
				if err := json.Unmarshal(src, &v); err != nil {
					return err
				}
				all = append(all, stringsOfJSON(path, v)...)
			case strings.HasSuffix(path, ".libsonnet"):
				for _, said := range regexp.MustCompile(`'(?:[^'\\\n]|\\.)*'`).FindAllString(string(src), -1) {
					all = append(all, text{path, said})
				}
			}
			return read
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func stringsOfGo(t *testing.T, path string) (all []text) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if says, err := strconv.Unquote(lit.Value); err == nil {
				all = append(all, text{files.Position(lit.Pos()).String(), says})
			}
		}
		return true
	})
	return all
}

func stringsOfJSON(at string, v any) (all []text) {
	switch v := v.(type) {
	case string:
		return []text{{at, v}}
	case []any:
		for _, v := range v {
			all = append(all, stringsOfJSON(at, v)...)
		}
	case map[string]any:
		for key, v := range v {
			all = append(all, stringsOfJSON(at+": "+key, v)...)
		}
	}
	return all
}

// othersFlags are those of git, aws, kpt and kustomize that our texts name.
var othersFlags = strings.Fields(`--unshallow --refetch --no-filter --unidiff-zero
	--policy-name --key-id --policy --aws-service-name --custom-suffix
	--exec --fn-config --allow-exec --enable-alpha-plugins --enable-exec`)

var (
	flagNamed    = regexp.MustCompile(`(?:^|[\s(\x60"',{|])(--[a-z][a-z-]*[a-z])`)
	commandNamed = regexp.MustCompile("(?m)(?:\x60|^  )kublr-encryption( .*)|\x60(key [a-z]+)")
	fieldNamed   = regexp.MustCompile(`(?:^|[^-/\w])spec(?:\.[a-z][A-Za-z]+)+`)
	explainNamed = regexp.MustCompile(`explain ([a-z]+(?:-[a-z]+)*)`)
)

// TestTextsNameWhatIsThere holds that each flag, command, field and code that a text of
// ours names is one.
func TestTextsNameWhatIsThere(t *testing.T) {
	commands, flags := map[string]string{}, "--version is the function's\n"
	var ask func(name string)
	ask = func(name string) {
		out, _ := pipe(t, "..", append(append([]string{"kublr-encryption"}, strings.Fields(name)...), "--help"), nil)
		commands[name], flags = string(out), flags+string(out)
		_, below, _ := strings.Cut(string(out), "Available Commands:\n")
		for line := range strings.Lines(below) {
			if !strings.HasPrefix(line, "  ") {
				break
			}
			ask(strings.TrimSpace(name + " " + strings.Fields(line)[0]))
		}
	}
	ask("")
	fields := fieldsOfSchema(t)
	list := string(command(t, ".", "explain"))
	seen := map[string]int{}
	for _, said := range texts(t) {
		for _, m := range flagNamed.FindAllStringSubmatch(said.says, -1) {
			seen["flag"]++
			isThere := slices.Contains(othersFlags, m[1]) || regexp.MustCompile(m[1]+`\b[^-]`).MatchString(flags)
			if !isThere {
				t.Errorf("%s names the flag %s, which no command has: %s", said.at, m[1], said.says)
			}
		}
		for _, m := range commandNamed.FindAllStringSubmatch(said.says, -1) {
			seen["command"]++
			if name := commandIn(m[1] + m[2]); commands[name] == "" {
				t.Errorf("%s names the command %q, which is none: %s", said.at, name, said.says)
			}
		}
		for _, field := range fieldNamed.FindAllString(said.says, -1) {
			seen["field"]++
			field = field[strings.Index(field, "spec"):]
			if !fields[field] {
				t.Errorf("%s names the field %s, which neither an intent nor a cluster has: %s", said.at, field, said.says)
			}
		}
		for _, m := range explainNamed.FindAllStringSubmatch(said.says, -1) {
			seen["code"]++
			if !strings.Contains(list, "\n"+m[1]+" ") {
				t.Errorf("%s names the code %s, which is none: %s", said.at, m[1], said.says)
			}
		}
	}
	for what, least := range map[string]int{"flag": 40, "command": 20, "field": 20, "code": 1} {
		if seen[what] < least {
			t.Errorf("only %d texts name a %s", seen[what], what)
		}
	}
}

// commandIn gives the command that a command line begins with: at most two words.
func commandIn(line string) (name string) {
	for i, word := range strings.Fields(strings.ReplaceAll(line, "\x60", " .")) {
		if i == 2 || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			break
		}
		name = strings.TrimSpace(name + " " + word)
	}
	return strings.TrimPrefix(name, "help ")
}

// fieldsOfSchema gives the fields of intents, by the schema, and of clusters, by the
// library's account of them.
func fieldsOfSchema(t *testing.T) map[string]bool {
	t.Helper()
	fields := map[string]bool{}
	var walk func(path string, schema any)
	walk = func(path string, schema any) {
		switch s := schema.(type) {
		case []any:
			for _, s := range s {
				walk(path, s)
			}
		case map[string]any:
			if all, ok := s["properties"].(map[string]any); ok {
				for key, s := range all {
					below := strings.TrimPrefix(path+"."+key, ".")
					fields[below] = true
					walk(below, s)
				}
			}
			for _, in := range []string{"items", "additionalProperties", "oneOf", "anyOf", "allOf"} {
				walk(path, s[in])
			}
		}
	}
	walk("", decode(t, file(t, "../jsonnet/kublr-encryption", "intent.schema.json")))
	cluster := decode(t, file(t, "../jsonnet/kublr-encryption", "cluster.json")).(map[string]any)
	for _, place := range cluster["places"].(map[string]any) {
		path := ""
		for _, key := range place.([]any) {
			if key, ok := key.(string); ok {
				path = strings.TrimPrefix(path+"."+key, ".")
				fields[path] = true
			}
		}
	}
	return fields
}
