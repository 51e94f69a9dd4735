package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kublr-encryption/kublr-encryption/internal/build"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey"
)

// A saved is a plan that `key plan --out` kept for `key apply` to do. There is no
// secret in it.
type saved struct {
	Version string              `json:"version"` // of the program
	Intent  string              `json:"intent"`  // the path of its file
	SHA256  string              `json:"sha256"`  // of its text
	Allowed livekey.Allowed     `json:"allowed"`
	Wanted  livekey.Wanted      `json:"wanted"`
	Plan    livekey.AccountPlan `json:"plan"`
}

// save keeps a plan in a file that its owner alone may read.
func save(name, intent string, allowed livekey.Allowed, w livekey.Wanted, p livekey.AccountPlan) error {
	path, sum, err := digest(intent)
	if err != nil {
		return fmt.Errorf("keeping the plan: %w", err)
	}
	text, err := json.Marshal(saved{build.Version(), path, sum, allowed, w, p})
	if err != nil {
		return fmt.Errorf("keeping the plan: %w", err)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keeping the plan: %w", err)
	}
	_, err = file.Write(append(text, '\n'))
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("keeping the plan: %w", err)
	}
	return nil
}

// load gives a plan that was kept, if its intent is still the same.
func load(name string) (saved, error) {
	var s saved
	text, err := os.ReadFile(name)
	if err != nil {
		return s, fmt.Errorf("reading the plan: %w", err)
	}
	if err := json.Unmarshal(text, &s); err != nil || s.Version == "" || s.Intent == "" {
		return s, usage("%s is no plan that `key plan --out` has kept", name)
	}
	if s.Version != build.Version() {
		return s, usage("%s is a plan of version %s, and this is %s: make it again", name, s.Version, build.Version())
	}
	_, sum, err := digest(s.Intent)
	if err != nil {
		return s, fmt.Errorf("reading the plan's intent: %w", err)
	}
	if sum != s.SHA256 {
		return s, usage("%s has changed since the plan was made: make it again", s.Intent)
	}
	return s, nil
}

// digest gives the whole path of a file and the sum of its text.
func digest(name string) (path, sum string, err error) {
	path, err = filepath.Abs(name)
	if err != nil {
		return "", "", err
	}
	text, err := os.ReadFile(path)
	all := sha256.Sum256(text)
	return path, hex.EncodeToString(all[:]), err
}
