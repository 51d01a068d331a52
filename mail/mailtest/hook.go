package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
)

// Hook signs webhook calls as SendGrid does.
type Hook struct{ key *ecdsa.PrivateKey }

// NewHook makes a key pair.
func NewHook() (*Hook, error) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return &Hook{k}, err
}

// Public is the verification key as SendGrid shows it.
func (h *Hook) Public() string {
	der, err := x509.MarshalPKIXPublicKey(h.key.Public())
	if err != nil {
		panic(err) // a P-256 key always marshals
	}
	return base64.StdEncoding.EncodeToString(der)
}

// Sign gives the signature header of a call.
func (h *Hook) Sign(timestamp string, body []byte) (string, error) {
	sum := sha256.Sum256(append([]byte(timestamp), body...))
	sig, err := ecdsa.SignASN1(rand.Reader, h.key, sum[:])
	return base64.StdEncoding.EncodeToString(sig), err
}
