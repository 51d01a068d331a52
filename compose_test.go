package xuanping

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// compose is the part of docker-compose.yml that this test holds.
type compose struct {
	Services map[string]service
	Volumes  map[string]any
	Secrets  map[string]struct{ File string }
	Networks map[string]struct{ Internal bool }
}

type service struct {
	Image       string
	Build       string
	Restart     string
	ReadOnly    bool     `yaml:"read_only"`
	SecurityOpt []string `yaml:"security_opt"`
	CapDrop     []string `yaml:"cap_drop"`
	Privileged  bool
	Command     []string
	Environment map[string]string
	Ports       []string
	Volumes     []string
	Secrets     []string
	Networks    []string
	DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
	Healthcheck struct {
		Test     []string
		Interval string
		Retries  int
	}
	Deploy struct {
		Resources struct {
			Limits struct {
				CPUs, Memory string
			}
		}
	}
}

var (
	pinned    = regexp.MustCompile(`^[a-z0-9./-]+:v?\d+(\.\d+){1,2}(-[a-z]+)?$`)
	secretive = regexp.MustCompile(`PASSWORD|PWD|SECRET|KEY|TOKEN|DATABASE_URL`)
	userInfo  = regexp.MustCompile(`://[^/\s:@]+:[^@\s]+@`)
	needs     = map[string][]string{ // what each service waits for
		"temporal": {"postgres"}, "temporal-ui": {"temporal"}, "web": {"postgres", "temporal", "mail"}, "worker": {"postgres", "temporal", "mail"},
	}
	keeps = map[string]string{ // what must outlive a container
		"postgres": "/var/lib/postgresql/data", "mail": "/data", "web": "/var/lib/xuanping/evidence", "worker": "/var/lib/xuanping/evidence",
	}
)

// composeFaults lists what is wrong with a compose file.
func composeFaults(text string) (faults []string) {
	var c compose
	if err := yaml.Unmarshal([]byte(text), &c); err != nil {
		return []string{err.Error()}
	}
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	for _, name := range []string{"postgres", "temporal", "temporal-ui", "mail", "web", "worker"} {
		if _, ok := c.Services[name]; !ok {
			fault("no service %s", name)
		}
	}
	for name, s := range c.Services {
		for _, f := range slices.Concat(s.running(), s.safe(), s.private(c), s.lasting(c)) {
			fault("%s: %s", name, f)
		}
		for _, to := range needs[name] {
			if s.DependsOn[to].Condition != "service_healthy" {
				fault("%s: does not wait for a healthy %s", name, to)
			}
		}
		if at := keeps[name]; at != "" && !slices.ContainsFunc(s.Volumes, func(v string) bool { return strings.HasSuffix(v, ":"+at) }) {
			fault("%s: %s is lost with the container", name, at)
		}
	}
	if !c.Networks["inner"].Internal || !slices.Equal(c.Services["postgres"].Networks, []string{"inner"}) {
		fault("postgres can be reached from outside")
	}
	for name, s := range c.Secrets {
		if !strings.HasPrefix(s.File, "./secrets/") {
			fault("secret %s is not a file in ./secrets", name)
		}
	}
	if userInfo.MatchString(text) {
		fault("a URL carries a password")
	}
	return faults
}

func (s service) running() (faults []string) {
	if !pinned.MatchString(s.Image) {
		faults = append(faults, "image "+s.Image+" is not pinned")
	}
	if s.Restart == "" || s.Restart == "no" {
		faults = append(faults, "is not restarted")
	}
	if len(s.Healthcheck.Test) < 2 || s.Healthcheck.Test[0] == "NONE" || s.Healthcheck.Interval == "" || s.Healthcheck.Retries == 0 {
		faults = append(faults, "has no health check")
	}
	if l := s.Deploy.Resources.Limits; l.CPUs == "" || l.Memory == "" {
		faults = append(faults, "has no resource limits")
	}
	return faults
}

func (s service) safe() (faults []string) {
	if s.Privileged || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
		faults = append(faults, "may gain privileges")
	}
	if s.Build != "" && (!s.ReadOnly || !slices.Contains(s.CapDrop, "ALL")) {
		faults = append(faults, "is ours, but not read-only without capabilities")
	}
	for _, p := range s.Ports {
		if !strings.HasPrefix(p, "127.0.0.1:") {
			faults = append(faults, "port "+p+" is open to the network")
		}
	}
	return faults
}

// private: a secret comes from a file that the service was given, and never
// stands in the environment or on the command line.
func (s service) private(c compose) (faults []string) {
	for key, value := range s.Environment {
		if !secretive.MatchString(key) {
			continue
		}
		file, given := strings.CutPrefix(value, "/run/secrets/")
		switch {
		case !strings.HasSuffix(key, "_FILE") || !given:
			faults = append(faults, key+" is a secret in plain sight")
		case !slices.Contains(s.Secrets, file):
			faults = append(faults, key+" names a secret the service is not given")
		}
	}
	for _, name := range s.Secrets {
		if _, ok := c.Secrets[name]; !ok {
			faults = append(faults, "secret "+name+" is not declared")
		}
	}
	return faults
}

func (s service) lasting(c compose) (faults []string) {
	for _, v := range s.Volumes {
		name, _, _ := strings.Cut(v, ":")
		if _, ok := c.Volumes[name]; !ok {
			faults = append(faults, "volume "+v+" is not a named one")
		}
	}
	return faults
}

func TestCompose(t *testing.T) {
	for _, f := range composeFaults(file(t, "docker-compose.yml")) {
		t.Error(f)
	}
}

// Each property is really held: break it, and the test says so.
func TestComposeRefuses(t *testing.T) {
	good := file(t, "docker-compose.yml")
	for _, c := range []struct{ was, now, want string }{
		{"postgres:15.18", "postgres:latest", "not pinned"},
		{"postgres:15.18", "postgres", "not pinned"},
		{"127.0.0.1:8080:8080", "8080:8080", "open to the network"},
		{"127.0.0.1:8025:8025", "0.0.0.0:8025:8025", "open to the network"},
		{"test: [CMD, starter, check]", "test: [NONE]", "no health check"},
		{"POSTGRES_PASSWORD_FILE: /run/secrets/postgres_password", "POSTGRES_PASSWORD: geheim", "plain sight"},
		{"XUANPING_SECRET_FILE: /run/secrets/ticket_secret", "XUANPING_SECRET: geheim", "plain sight"},
		{"secrets: [database_url, ticket_secret]", "secrets: [database_url]", "not given"},
		{"DATABASE_URL_FILE: /run/secrets/database_url", "OTHER: postgres://a:b@postgres/x", "carries a password"},
		{`volumes: ["postgres:/var/lib/postgresql/data"]`, `volumes: ["./data:/var/lib/postgresql/data"]`, "not a named one"},
		{`volumes: ["mail:/data"]`, `volumes: []`, "lost with the container"},
		{"  read_only: true\n  tmpfs", "  tmpfs", "not read-only"},
		{"cap_drop: [ALL]", "cap_drop: []", "not read-only"},
		{`security_opt: ["no-new-privileges:true"]`, `security_opt: []`, "gain privileges"},
		{"restart: unless-stopped", "restart: \"no\"", "not restarted"},
		{`limits: {cpus: "1.0", memory: 768M, pids: 256}`, `limits: {pids: 256}`, "resource limits"},
		{"temporal: {condition: service_healthy}", "temporal: {condition: service_started}", "does not wait"},
		{"inner: {internal: true}", "inner: {}", "from outside"},
		{"file: ./secrets/ticket_secret", "file: /etc/passwd", "not a file in ./secrets"},
	} {
		if !strings.Contains(good, c.was) {
			t.Errorf("%q is not in docker-compose.yml", c.was)
			continue
		}
		faults := composeFaults(strings.ReplaceAll(good, c.was, c.now))
		if !slices.ContainsFunc(faults, func(f string) bool { return strings.Contains(f, c.want) }) {
			t.Errorf("%q for %q: want a fault %q, got %v", c.now, c.was, c.want, faults)
		}
	}
}

// The image is built from pinned bases, reproducibly, and does not run as root.
func TestDockerfile(t *testing.T) {
	text := file(t, "Dockerfile")
	froms := regexp.MustCompile(`(?m)^FROM (\S+)`).FindAllStringSubmatch(text, -1)
	if len(froms) != 2 {
		t.Errorf("%d stages, want 2", len(froms))
	}
	for _, f := range froms {
		if !pinned.MatchString(f[1]) {
			t.Errorf("base image %s is not pinned", f[1])
		}
	}
	user := regexp.MustCompile(`(?m)^USER (\S+)`).FindAllStringSubmatch(text, -1)
	if len(user) == 0 || strings.HasPrefix(user[len(user)-1][1], "0") || user[len(user)-1][1] == "root" {
		t.Error("the image runs as root")
	}
	for _, want := range []string{"-trimpath", "-buildvcs=false", "./worker", "./starter", "fonts-lxgw-wenkai", "\nHEALTHCHECK "} {
		if !strings.Contains(text, want) {
			t.Errorf("Dockerfile lacks %q", strings.TrimSpace(want))
		}
	}
	for _, line := range regexp.MustCompile(`(?m)^(ARG|ENV) (.*\\\n)*.*$`).FindAllString(text, -1) {
		if secretive.MatchString(line) {
			t.Errorf("a secret passes through the build: %s", line)
		}
	}
}

// make secrets makes every file that docker-compose.yml asks for.
func TestMakeSecretsMakesAll(t *testing.T) {
	var c compose
	if err := yaml.Unmarshal([]byte(file(t, "docker-compose.yml")), &c); err != nil {
		t.Fatal(err)
	}
	makefile := file(t, "Makefile")
	for name := range c.Secrets {
		if !strings.Contains(makefile, "new "+name+" ") {
			t.Errorf("make secrets does not make %s", name)
		}
	}
}

func file(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
