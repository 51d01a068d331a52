package pdf

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jung-kurt/gofpdf"
)

// authority makes a signer as an authority has one: a random key, its certificate
// from PEM, with the certificate of the office that issued it.
func authority(t testing.TB, name string, year int) Signer {
	t.Helper()
	from := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	root, rootKey := certify(t, "根证书", from, nil, nil)
	cert, key := certify(t, name, from, root, rootKey)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSigner(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), string(WriteCertificates([]*x509.Certificate{cert, root})))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func certify(t testing.TB, name string, from time.Time, by *x509.Certificate, with *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plan := &x509.Certificate{SerialNumber: big.NewInt(int64(len(name))), Subject: pkix.Name{CommonName: name, Organization: []string{"宣传工作评价组织单位"}},
		NotBefore: from, NotAfter: from.AddDate(2, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: by == nil}
	if by == nil {
		by, with = plan, key
	}
	der, err := x509.CreateCertificate(rand.Reader, plan, by, &key.PublicKey, with)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func rehearsal(t testing.TB) Signer {
	t.Helper()
	s, err := RehearsalSigner(bytes.Repeat([]byte("seed"), 8))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sealed prints a signed result notice.
func sealed(t testing.TB, by Signer) []byte {
	t.Helper()
	in := sampleResult()
	in.Signer = by
	data, err := printer(t).ResultNotice(in)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// G9, S10: every paper of the house, signed, satisfies this program, poppler and qpdf, and is
// the same in two printings.
func TestG9SealedPapersVerify(t *testing.T) {
	by := authority(t, "宣传工作评价专用章", 2026)
	sampleSigner = by
	defer func() { sampleSigner = nil }()
	for _, one := range storybook() {
		t.Run(one.name, func(t *testing.T) {
			data, err := one.make(printer(t))
			if err != nil {
				t.Fatal(err)
			}
			again, err := one.make(printer(t))
			if err != nil || !bytes.Equal(data, again) {
				t.Errorf("two printings differ (%v)", err)
			}
			s, err := Verify(data, by.Certificates()[:1])
			if err != nil {
				t.Fatal(err)
			}
			if h := sampleHead(); s.Issuer != h.Issuer || s.Date != "2027-03-02" || s.Code != h.VerifyCode || s.Title == "" || s.Key != h.PaperKey || !s.InTerm() {
				t.Errorf("the paper says %+v", s)
			}
			if want := strings.HasSuffix(one.name, "-rehearsal"); s.Rehearsal() != want {
				t.Errorf("rehearsal %v, want %v", s.Rehearsal(), want)
			}
			text := tool(t, data, "pdfsig", "-nocert", "PAPER")
			for _, want := range []string{"Signature is Valid", "Total document signed", "ETSI.CAdES.detached", "宣传工作评价专用章"} {
				if !strings.Contains(text, want) {
					t.Errorf("pdfsig does not say %q:\n%s", want, text)
				}
			}
			if got := tool(t, data, "qpdf", "--check", "PAPER"); !strings.Contains(got, "No syntax or stream encoding errors") {
				t.Errorf("qpdf: %s", got)
			}
		})
	}
}

// S10: 2,000 random changes of one byte, and every byte of the signature itself, are all detected.
func TestS10EveryFlippedByteIsDetected(t *testing.T) {
	by := rehearsal(t)
	data := sealed(t, by)
	r := mrand.New(mrand.NewPCG(10, 2000))
	found := 0
	flip := func(at int, with byte) {
		data[at] ^= with
		_, err := Verify(data, by.Certificates())
		data[at] ^= with
		if err == nil {
			t.Errorf("byte %d of %d changed by %#x: not seen", at, len(data), with)
			return
		}
		found++
	}
	for range 2000 {
		flip(r.IntN(len(data)), byte(1+r.IntN(255)))
	}
	t.Logf("%d of 2000 flips detected", found)
	gap, end, err := hole(data)
	if err != nil {
		t.Fatal(err)
	}
	for at := gap; at < end; at++ {
		flip(at, 0x20) // the other case of a letter: the same value to lenient readers
		flip(at, 1)
	}
	if _, err := Verify(data, by.Certificates()); err != nil {
		t.Fatal(err)
	}
	where := bytes.Index(data, []byte("stream")) + 40
	data[where] ^= 4
	if text, _ := exec.Command("pdfsig", "-nocert", written(t, data)).CombinedOutput(); !strings.Contains(string(text), "Digest Mismatch") {
		t.Errorf("pdfsig: %s", text)
	}
}

func written(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// S10: shadow attacks add a revision after the signature that hides, replaces, or does
// both; the page then shows something else while the signed part is untouched.
func TestS10ShadowAttacks(t *testing.T) {
	by := rehearsal(t)
	base := sealed(t, by)
	r, err := newRevision(plainTrailer(base))
	if err != nil {
		t.Fatal(err)
	}
	page, err := r.dictionary(firstPage)
	if err != nil {
		t.Fatal(err)
	}
	contents := regexp.MustCompile(`/Contents \d+ 0 R`)
	for name, change := range map[string]func(*revision){
		"hide":    func(r *revision) { r.write(firstPage, contents.ReplaceAllString(page, "")+">>") },
		"replace": func(r *revision) { r.write(4, "<</Length 20>>\nstream\n0 0 200 200 re f    \nendstream") },
		"both": func(r *revision) {
			n := r.add()
			r.write(n, "<</Length 20>>\nstream\n0 0 200 200 re f    \nendstream")
			r.write(firstPage, contents.ReplaceAllString(page, fmt.Sprintf("/Contents %d 0 R", n))+">>")
		},
	} {
		r, err := newRevision(plainTrailer(base))
		if err != nil {
			t.Fatal(err)
		}
		r.out.Reset()
		r.out.Write(base)
		change(r)
		r.close("00")
		if got := r.out.Bytes(); !bytes.HasPrefix(got, base) || strings.Contains(tool(t, got, "qpdf", "--check", "PAPER"), "error:") {
			t.Fatalf("%s: the attack is no readable file", name)
		}
		if _, err := Verify(r.out.Bytes(), by.Certificates()); !errors.Is(err, ErrAppended) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, tail := range map[string]string{"comment": "% more\n", "space": " "} {
		if _, err := Verify(append(bytes.Clone(base), tail...), by.Certificates()); !errors.Is(err, ErrAppended) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// plainTrailer rewrites the last trailer so that newRevision can go on from it.
func plainTrailer(data []byte) []byte {
	return regexp.MustCompile(`trailer\n<</Size (\d+)/Root (\d+) 0 R/Info (\d+) 0 R/Prev \d+/ID[^\n]*\nstartxref`).
		ReplaceAll(data, []byte("trailer\n<<\n/Size $1\n/Root $2 0 R\n/Info $3 0 R\n>>\nstartxref"))
}

// S10: what is signed by others, not at all, moved or cut is refused, with its reason.
func TestS10Refusals(t *testing.T) {
	by, other := rehearsal(t), authority(t, "另一家单位", 2026)
	data := sealed(t, by)
	in := sampleResult()
	unsigned, err := printer(t).ResultNotice(in)
	if err != nil {
		t.Fatal(err)
	}
	gap, end, err := hole(data)
	if err != nil {
		t.Fatal(err)
	}
	// a signature wrapped around: the range is widened over a second copy of the value
	moved := slicesConcat(data[:gap], data[gap:end], data[gap:end], data[end:])
	moved = bytes.Replace(moved, fmt.Appendf(nil, rangeFormat, gap, end, len(data)-end), fmt.Appendf(nil, rangeFormat, gap, 2*end-gap, len(data)-end), 1)
	stranger := bytes.Replace(bytes.Clone(data), []byte("/ByteRange[0 "), []byte("/ByteRange [0"), 1)
	var bare bytes.Buffer
	p := gofpdf.New("P", "mm", "A4", "")
	p.AddPage()
	if err := p.Output(&bare); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		file    []byte
		trusted []*x509.Certificate
		want    error
	}{
		{"no certificate trusted", data, nil, ErrUntrusted},
		{"another key", data, other.Certificates(), ErrUntrusted},
		{"signed by another", sealed(t, other), by.Certificates(), ErrUntrusted},
		{"the issuing office instead of the certificate", sealed(t, other), other.Certificates()[1:], ErrUntrusted},
		{"unsigned paper", unsigned, by.Certificates(), ErrUnsigned},
		{"another program's file", bare.Bytes(), by.Certificates(), ErrUnsigned},
		{"another form of signature", stranger, by.Certificates(), ErrNotPaper},
		{"no PDF", []byte("PK\x03\x04"), by.Certificates(), ErrNotPaper},
		{"nothing", nil, by.Certificates(), ErrNotPaper},
		{"moved", moved, by.Certificates(), ErrAltered},
		{"cut", data[:len(data)-3], by.Certificates(), ErrAltered},
		{"two papers", slicesConcat(data, data), by.Certificates(), ErrAppended},
		{"signature of another paper", slicesConcat(data[:gap], emptyHole(end-gap), data[end:]), by.Certificates(), ErrAltered},
	} {
		if _, err := Verify(c.file, c.trusted); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func emptyHole(n int) []byte { return []byte("<" + strings.Repeat("0", n-2) + ">") }

func slicesConcat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// A name that looks like a part of a signature is a name.
func TestS10HostileName(t *testing.T) {
	by := rehearsal(t)
	in := sampleCertificate()
	in.Signer, in.Name = by, "/ByteRange[0 0000000001 0000000002 0000000003]/Contents<&>认证"
	data, err := printer(t).Certificate(in)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := Verify(data, by.Certificates()); err != nil || s.For != in.Name {
		t.Errorf("%q %v", s.For, err)
	}
}

// S10: a paper of 2026 is good with the certificates of 2027, as long as the former one is kept.
func TestS10KeyRotation(t *testing.T) {
	old, next := authority(t, "2026年度专用章", 2026), authority(t, "2027年度专用章", 2027)
	set, err := ReadCertificates(slicesConcat(WriteCertificates(next.Certificates()[:1]), WriteCertificates(old.Certificates()[:1])))
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []Signer{old, next} {
		s, err := Verify(sealed(t, by), set)
		if err != nil || !s.Certificate.Equal(by.Certificates()[0]) {
			t.Errorf("%v %v", s.Certificate.Subject, err)
		}
	}
	if _, err := Verify(sealed(t, old), set[:1]); !errors.Is(err, ErrUntrusted) {
		t.Errorf("without the former certificate: %v", err)
	}
}

// UX-2: keys of rehearsals say 示例, whatever the paper says, and follow from their seed alone.
func TestUX2RehearsalSigner(t *testing.T) {
	a, b := rehearsal(t), rehearsal(t)
	c, err := RehearsalSigner(bytes.Repeat([]byte("tree"), 8))
	if err != nil {
		t.Fatal(err)
	}
	if !a.Certificates()[0].Equal(b.Certificates()[0]) || a.Certificates()[0].Equal(c.Certificates()[0]) {
		t.Error("the certificate does not follow from the seed")
	}
	if s, err := Verify(sealed(t, a), b.Certificates()); err != nil || !s.Rehearsal() || !strings.Contains(s.Certificate.Subject.String(), "示例") {
		t.Errorf("%v %v", s, err)
	}
	if !bytes.Equal(sealed(t, a), sealed(t, b)) {
		t.Error("same seed, other bytes")
	}
	if _, err := RehearsalSigner(nil); err == nil {
		t.Error("no seed was taken")
	}
}

func TestSignerIsRefusedWithReason(t *testing.T) {
	a, b := authority(t, "甲", 2026), authority(t, "乙", 2026)
	key := func(s Signer) string {
		der, err := x509.MarshalECPrivateKey(s.(keySigner).key)
		if err != nil {
			t.Fatal(err)
		}
		return "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
	}
	certs := func(s Signer) string { return string(WriteCertificates(s.Certificates())) }
	if _, err := NewSigner(key(a), certs(a)); err != nil {
		t.Errorf("as openssl writes it: %v", err)
	}
	for _, c := range []struct{ key, cert, say string }{
		{key(a), certs(b), "不是一对"}, {"", certs(a), "PEM"}, {"x", certs(a), "P-256"}, {key(a), "", "没有找到证书"},
		{key(a), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "无法读取"},
	} {
		if _, err := NewSigner(c.key, c.cert); err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%v, want %s", err, c.say)
		}
	}
}

// FuzzVerify feeds broken papers: refusing is right, a panic is not.
func FuzzVerify(f *testing.F) {
	by := rehearsal(f)
	data := sealed(f, by)
	gap, end, err := hole(data)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[gap-200 : end+100])
	f.Add(slicesConcat([]byte("%PDF-1.3\n"), data[len(data)-3000:]))
	f.Fuzz(func(t *testing.T, file []byte) {
		if _, err := Verify(file, by.Certificates()); err == nil && !bytes.Equal(file, data) {
			t.Error("another file than the signed one was taken")
		}
	})
}
