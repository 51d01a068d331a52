package pdf

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"hash"
	"math/big"
	"strings"
	"time"
)

// Signer seals papers for an authority. A key in memory is one; a hardware module or another
// scheme (SM2) is another: papers need only its certificates and its signature over a digest.
type Signer interface {
	// Scheme names the algorithms of the signer.
	Scheme() *Scheme
	// Certificates are the signer's own, then those that lead to its root.
	Certificates() []*x509.Certificate
	// Sign signs a digest made with the scheme's hash. The same digest gives the same
	// signature where papers must be equal byte for byte.
	Sign(digest []byte) ([]byte, error)
}

// Scheme is a pair of algorithms that papers may be signed with.
type Scheme struct {
	Name              string
	digest, signature asn1.ObjectIdentifier
	hash              func() hash.Hash
	longest           int // longest signature in bytes
	check             func(cert *x509.Certificate, digest, signature []byte) bool
}

// ECDSAP256 is ECDSA on P-256 with SHA-256.
var ECDSAP256 = &Scheme{
	Name:   "ECDSA P-256 / SHA-256",
	digest: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, signature: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2},
	hash: sha256.New, longest: 72,
	check: func(cert *x509.Certificate, digest, signature []byte) bool {
		key, ok := cert.PublicKey.(*ecdsa.PublicKey)
		return ok && key.Curve == elliptic.P256() && ecdsa.VerifyASN1(key, digest, signature)
	},
}

// keySigner signs with a key in memory.
type keySigner struct {
	key   *ecdsa.PrivateKey
	certs []*x509.Certificate
}

func (k keySigner) Scheme() *Scheme                   { return ECDSAP256 }
func (k keySigner) Certificates() []*x509.Certificate { return k.certs }

// Sign is deterministic (RFC 6979): no random source, so the same paper gets the same bytes.
func (k keySigner) Sign(digest []byte) ([]byte, error) { return k.key.Sign(nil, digest, crypto.SHA256) }

// NewSigner reads a P-256 key and its certificate, both PEM; certificates that lead to the root may follow the first.
func NewSigner(keyPEM, certPEM string) (Signer, error) {
	key, err := readKey(keyPEM)
	if err != nil {
		return nil, err
	}
	certs, err := ReadCertificates([]byte(certPEM))
	if err != nil {
		return nil, err
	}
	if !key.PublicKey.Equal(certs[0].PublicKey) {
		return nil, errors.New("签名证书与签名密钥不是一对：请确认证书文件中的第一张证书由这把密钥申请")
	}
	return keySigner{key, certs}, nil
}

func readKey(text string) (*ecdsa.PrivateKey, error) {
	bad := errors.New("签名密钥应为 PEM 格式的 ECDSA P-256 私钥，可用 openssl ecparam -name prime256v1 -genkey -noout 生成")
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, bad
		}
		if !strings.HasSuffix(block.Type, "PRIVATE KEY") {
			continue // openssl writes the curve's parameters first
		}
		key, err := x509.ParseECPrivateKey(block.Bytes)
		if any, e := x509.ParsePKCS8PrivateKey(block.Bytes); e == nil {
			key, _ = any.(*ecdsa.PrivateKey)
			err = nil
		}
		if err != nil || key == nil || key.Curve != elliptic.P256() {
			return nil, bad
		}
		return key, nil
	}
}

// ReadCertificates reads all certificates of a PEM text, at least one.
func ReadCertificates(text []byte) ([]*x509.Certificate, error) {
	var all []*x509.Certificate
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, errors.New("证书无法读取：请确认文件是完整的 PEM 格式证书")
		}
		all = append(all, cert)
	}
	if len(all) == 0 {
		return nil, errors.New("没有找到证书：应为 PEM 格式，以 -----BEGIN CERTIFICATE----- 开头")
	}
	return all, nil
}

// WriteCertificates is the PEM text of certificates.
func WriteCertificates(certs []*x509.Certificate) []byte {
	var out bytes.Buffer
	for _, c := range certs {
		_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}) // a buffer takes everything
	}
	return out.Bytes()
}

// Fingerprint is the SHA-256 of a certificate in groups of four, for people to compare.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	text := strings.ToUpper(hex.EncodeToString(sum[:]))
	var groups []string
	for i := 0; i < len(text); i += 4 {
		groups = append(groups, text[i:i+4])
	}
	return strings.Join(groups, " ")
}

// rehearsalUnit marks the certificate of rehearsals: whatever it signs is no official paper (UX-2).
const rehearsalUnit = "示例·非官方"

// RehearsalSigner signs the papers of rehearsals. Key and certificate follow from seed
// alone, so that two runs of one rehearsal give the same bytes; its certificate says 示例.
func RehearsalSigner(seed []byte) (Signer, error) {
	key, err := derivedKey(seed)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append([]byte("xuanping rehearsal serial\n"), seed...))
	sum[0] = 1 // positive and of one length
	from := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	name := pkix.Name{Country: []string{"CN"}, Organization: []string{"宣评演练"}, OrganizationalUnit: []string{rehearsalUnit}, CommonName: "演练文书签名（示例，无效力）"}
	plan := &x509.Certificate{SerialNumber: new(big.Int).SetBytes(sum[:16]), Subject: name, NotBefore: from, NotAfter: from.AddDate(60, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(nil, plan, plan, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return keySigner{key, []*x509.Certificate{cert}}, err
}

// derivedKey makes a key from a seed: candidates are hashed until one lies in the group's range.
func derivedKey(seed []byte) (*ecdsa.PrivateKey, error) {
	if len(seed) < 16 {
		return nil, errors.New("演练签名的种子太短")
	}
	for n := byte(0); ; n++ {
		d := sha256.Sum256(append([]byte{n}, append([]byte("xuanping rehearsal key\n"), seed...)...))
		key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:])
		if err == nil || n == 255 { // one candidate in four billion fails
			return key, err
		}
	}
}

// isRehearsal tells whether a certificate was made for rehearsals.
func isRehearsal(cert *x509.Certificate) bool {
	for _, unit := range cert.Subject.OrganizationalUnit {
		if strings.Contains(unit, "示例") {
			return true
		}
	}
	return false
}
