package pdf

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
)

// The parts of a CMS SignedData (RFC 5652) as a PAdES signature uses it (ETSI EN 319 142-1): one
// signer, detached, signed attributes content-type, message-digest and signing-certificate-v2.
type (
	cmsContent struct {
		Type asn1.ObjectIdentifier
		Data asn1.RawValue // [0] explicit
	}
	cmsSigned struct {
		Version      int
		Digests      []pkix.AlgorithmIdentifier `asn1:"set"`
		Content      struct{ Type asn1.ObjectIdentifier }
		Certificates asn1.RawValue // [0] implicit set
		Signers      []cmsSigner   `asn1:"set"`
	}
	cmsSigner struct {
		Version    int
		Signer     cmsIssuer
		Digest     pkix.AlgorithmIdentifier
		Attributes asn1.RawValue // [0] implicit set
		Algorithm  pkix.AlgorithmIdentifier
		Signature  []byte
	}
	cmsIssuer struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	cmsAttribute struct {
		Type   asn1.ObjectIdentifier
		Values asn1.RawValue
	}
)

var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSigned        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCert   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
)

// der collects the first error of many encodings.
type der struct{ err error }

func (d *der) of(v any) []byte {
	b, err := asn1.Marshal(v)
	if d.err == nil {
		d.err = err
	}
	return b
}

func setOf(class, tag int, parts ...[]byte) asn1.RawValue {
	parts = slices.Clone(parts)
	slices.SortFunc(parts, bytes.Compare) // DER orders the members of a set
	return asn1.RawValue{Class: class, Tag: tag, IsCompound: true, Bytes: bytes.Join(parts, nil)}
}

// attributes are the signed attributes over a digest, as the members of their set.
func attributes(d *der, digest []byte, own *x509.Certificate) [][]byte {
	sum := sha256.Sum256(own.Raw)
	type certID struct{ Hash []byte } // SHA-256 is the default of ESSCertIDv2
	cert := d.of(struct{ Certs []certID }{[]certID{{sum[:]}}})
	var all [][]byte
	for _, a := range []struct {
		kind  asn1.ObjectIdentifier
		value []byte
	}{{oidContentType, d.of(oidData)}, {oidMessageDigest, d.of(digest)}, {oidSigningCert, cert}} {
		all = append(all, d.of(cmsAttribute{a.kind, setOf(asn1.ClassUniversal, asn1.TagSet, a.value)}))
	}
	return all
}

// toSign is the digest a signer signs: that of the signed attributes.
func (s *Scheme) toSign(digest []byte, own *x509.Certificate) ([]byte, error) {
	var d der
	h := s.hash()
	h.Write(d.of(setOf(asn1.ClassUniversal, asn1.TagSet, attributes(&d, digest, own)...)))
	return h.Sum(nil), d.err
}

// envelope is the signature as it lies in the paper. There is one encoding for given parts, so whoever
// checks a paper builds it again and compares: no bit of it can be changed unseen.
func (s *Scheme) envelope(digest, signature []byte, certs []*x509.Certificate) ([]byte, error) {
	var d der
	hashed := pkix.AlgorithmIdentifier{Algorithm: s.digest}
	raw := make([][]byte, len(certs))
	for i, c := range certs {
		raw[i] = c.Raw
	}
	signed := cmsSigned{Version: 1, Digests: []pkix.AlgorithmIdentifier{hashed}, Certificates: setOf(asn1.ClassContextSpecific, 0, raw...)}
	signed.Content.Type = oidData
	signed.Signers = []cmsSigner{{
		Version: 1, Signer: cmsIssuer{asn1.RawValue{FullBytes: certs[0].RawIssuer}, certs[0].SerialNumber}, Digest: hashed,
		Attributes: setOf(asn1.ClassContextSpecific, 0, attributes(&d, digest, certs[0])...),
		Algorithm:  pkix.AlgorithmIdentifier{Algorithm: s.signature}, Signature: signature,
	}}
	inner := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: d.of(signed)}
	out := d.of(cmsContent{oidSigned, inner})
	return out, d.err
}

// opened are the parts of an envelope that cannot be computed.
type opened struct {
	scheme    *Scheme
	signature []byte
	certs     []*x509.Certificate // the signer's own first
}

// schemes are those that papers may be checked with.
var schemes = []*Scheme{ECDSAP256}

// openEnvelope takes an envelope apart; it vouches for nothing.
func openEnvelope(data []byte) (o opened, ok bool) {
	var outer cmsContent
	var signed cmsSigned
	if rest, err := asn1.Unmarshal(data, &outer); err != nil || len(rest) > 0 || !outer.Type.Equal(oidSigned) {
		return o, false
	}
	if rest, err := asn1.Unmarshal(outer.Data.Bytes, &signed); err != nil || len(rest) > 0 || len(signed.Signers) != 1 {
		return o, false
	}
	signer := signed.Signers[0]
	i := slices.IndexFunc(schemes, func(s *Scheme) bool { return s.signature.Equal(signer.Algorithm.Algorithm) })
	certs, err := x509.ParseCertificates(signed.Certificates.Bytes)
	if i < 0 || err != nil || signer.Signer.Serial == nil {
		return o, false
	}
	own := slices.IndexFunc(certs, func(c *x509.Certificate) bool {
		return bytes.Equal(c.RawIssuer, signer.Signer.Issuer.FullBytes) && c.SerialNumber.Cmp(signer.Signer.Serial) == 0
	})
	if own < 0 {
		return o, false
	}
	certs[0], certs[own] = certs[own], certs[0]
	return opened{schemes[i], signer.Signature, certs}, true
}
