package front

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"
)

// A server is one of those that stand for AWS. It runs as long as the tests do.
type server struct {
	name    string
	program string
	start   func(program, port string) *exec.Cmd
	ready   string // the path that answers 200 when it is ready

	once sync.Once
	url  string
	err  error
	stop func()
}

// MiniStack keeps keys, roles, sessions and tags, and enforces IAM and key policies.
// A key id of twelve digits is the root of that account. Its listener for MQTT would
// be open to the network, so it is off.
var ministack = &server{
	name:    "MiniStack",
	program: "ministack",
	start: func(program, port string) *exec.Cmd {
		cmd := command(program)
		cmd.Env = append(os.Environ(), "AUTH=true", "BIND_HOST=127.0.0.1", "GATEWAY_PORT="+port, "IOT_MTLS_ENABLED=0", "SFTP_ENABLED=0", "LOG_LEVEL=ERROR")
		return cmd
	},
	ready: "/_ministack/ready",
}

// moto keeps volumes, instances and Auto Scaling groups.
var moto = &server{
	name:    "moto",
	program: "moto_server",
	start: func(program, port string) *exec.Cmd {
		return command(program, "-H", "127.0.0.1", "-p", port)
	},
	ready: "/moto-api/data.json",
}

// command runs a server until its standard input ends: it does not outlive the tests,
// however they end.
func command(name string, args ...string) *exec.Cmd {
	return exec.Command("sh", append([]string{"-c", `"$@" </dev/null & server=$!; cat >/dev/null; kill $server; wait $server`, "sh", name}, args...)...)
}

// Main runs tests and then stops the servers that they have started.
func Main(m *testing.M) int {
	defer func() {
		for _, s := range []*server{ministack, moto} {
			if s.stop != nil {
				s.stop()
			}
		}
	}()
	return m.Run()
}

// address gives a server's address, and starts it when it is not running. It skips
// the test where the server is not installed.
func (s *server) address(t testing.TB) string {
	t.Helper()
	s.once.Do(func() { s.err = s.run() })
	if errors.Is(s.err, os.ErrNotExist) {
		const needs = "NEEDS: %s, which stands for AWS (make needs installs it)"
		if os.Getenv("CI") == "true" {
			t.Fatalf(needs, s.name)
		}
		t.Skipf(needs, s.name)
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.url
}

func (s *server) run() error {
	_, here, _, _ := runtime.Caller(0)
	program := filepath.Join(filepath.Dir(here), "../../../.tools/servers/bin", s.program)
	if _, err := os.Stat(program); err != nil {
		return err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := strconv.Itoa(free.Addr().(*net.TCPAddr).Port)
	free.Close()

	cmd := s.start(program, port)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.stop = func() {
		stdin.Close()
		cmd.Wait()
	}
	s.url = "http://127.0.0.1:" + port
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		if request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+s.ready, nil); err != nil {
			return err
		} else if answer, err := http.DefaultClient.Do(request); err == nil {
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s did not start", s.name)
		case <-tick.C:
		}
	}
}
