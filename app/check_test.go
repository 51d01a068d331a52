package app

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xuanping/store/storetest"
)

// starter check asks the identity provider who it is: one that answers and names
// itself as configured is well, any other is told of, beside what else is wrong.
func TestCheckAsksTheIdentityProvider(t *testing.T) {
	named := ""
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/.well-known/openid-configuration" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": named, "authorization_endpoint": named + "/auth", "token_endpoint": named + "/token", "jwks_uri": named + "/keys"})
	}))
	defer p.Close()
	_, url := storetest.Open(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	check := func(issuer string) (string, error) {
		var out strings.Builder
		env := given("DATABASE_URL", url, "XUANPING_EVIDENCE", t.TempDir(), "TEMPORAL_ADDRESS", "127.0.0.1:1",
			"XUANPING_OIDC_ISSUER", issuer, "XUANPING_OIDC_CLIENT", "xuanping", "XUANPING_OIDC_SECRET", "s3cret-of-the-client")
		t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1") // nobody there: the check goes on to say what else it found
		err := Check(ctx, env, &out)
		if strings.Contains(out.String(), "s3cret-of-the-client") {
			t.Error("the secret is printed")
		}
		return out.String(), err
	}
	named = p.URL
	out, err := check(p.URL)
	if !strings.Contains(out, "统一身份认证 正常") || err == nil || strings.Contains(err.Error(), "XUANPING_OIDC_ISSUER") || !strings.Contains(err.Error(), "TEMPORAL_ADDRESS") {
		t.Errorf("a provider that answers: %v\n%s", err, out)
	}
	named = "https://another.example"
	for name, issuer := range map[string]string{"names itself otherwise": p.URL, "has no such page": p.URL + "/realm", "is not there": "http://127.0.0.1:1"} {
		out, err := check(issuer)
		if err == nil || !strings.Contains(err.Error(), "XUANPING_OIDC_ISSUER") || !strings.Contains(err.Error(), "TEMPORAL_ADDRESS") || strings.Contains(out, "统一身份认证 正常") {
			t.Errorf("one that %s: %v", name, err)
		}
	}
}
