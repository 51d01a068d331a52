package pdf

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"
)

// Why a paper is refused. Each says what a person can make of it.
var (
	ErrNotPaper  = errors.New("这不是本系统出具的文书")
	ErrUnsigned  = errors.New("文书没有签名，不能证明出自发文单位")
	ErrAppended  = errors.New("签名没有覆盖整个文件：签名之后又追加了内容，所见可能与签发时不同")
	ErrAltered   = errors.New("文书在签名之后被改动过")
	ErrUntrusted = errors.New("签名完好，但签名证书不在信任的证书之列，不能证明出自发文单位")
)

// Sealed is what a signed paper says of itself, and who signed it.
type Sealed struct {
	Title, Number, For, Issuer string
	Date                       string // as 2026-03-02
	Code                       string // for the verify page
	Mark                       string // such as 示例; none on official papers
	Key                        string
	Ledger                     Ledger // what it says of the ledger; the proof is for audit.CheckProof
	Certificate                *x509.Certificate
	Scheme                     string
}

// Rehearsal tells whether the paper is of a rehearsal, by its own word or by its certificate (UX-2).
func (s Sealed) Rehearsal() bool { return s.Mark != "" || isRehearsal(s.Certificate) }

// InTerm tells whether the certificate was valid on the paper's date.
func (s Sealed) InTerm() bool {
	at, err := time.ParseInLocation(time.DateOnly, s.Date, beijing)
	end := at.AddDate(0, 0, 1)
	return err == nil && end.After(s.Certificate.NotBefore) && at.Before(s.Certificate.NotAfter)
}

// sealMark finds the signature: its range must stand right before it, so that the signed bytes
// themselves say where it lies and nothing can be moved.
var (
	sealMark = regexp.MustCompile(`^/ByteRange\[0 (\d{10}) (\d{10}) (\d{10})\]/Contents<`)
	anyRange = []byte("/ByteRange")
)

// Verify checks a paper without any network: the signature must cover every byte but itself, be ours in
// form, and come from one of the trusted certificates (those of former years too). What it returns beside
// ErrUntrusted is only what the paper claims.
func Verify(file []byte, trusted []*x509.Certificate) (Sealed, error) {
	if !bytes.HasPrefix(file, []byte("%PDF-")) {
		return Sealed{}, fmt.Errorf("%w：文件不是 PDF", ErrNotPaper)
	}
	gap, end, err := hole(file)
	if err != nil {
		return Sealed{}, err
	}
	value, ok := unhex(file[gap+1 : end-1])
	if !ok {
		return Sealed{}, fmt.Errorf("%w：签名本身被改动", ErrAltered)
	}
	parts, ok := openEnvelope(value)
	if !ok {
		return Sealed{}, fmt.Errorf("%w：签名无法读取或算法不受支持", ErrAltered)
	}
	own, digest := parts.certs[0], parts.scheme.over(file[:gap], file[end:])
	if !bytes.Contains(value, digest) {
		return Sealed{}, fmt.Errorf("%w：内容与签名不符", ErrAltered)
	}
	again, err := parts.scheme.envelope(digest, parts.signature, parts.certs)
	if err != nil || !bytes.Equal(again, value) {
		return Sealed{}, fmt.Errorf("%w：签名本身被改动", ErrAltered)
	}
	todo, err := parts.scheme.toSign(digest, own)
	if err != nil || !parts.scheme.check(own, todo, parts.signature) {
		return Sealed{}, fmt.Errorf("%w：签名与证书不符", ErrAltered)
	}
	s, err := describe(file)
	if err != nil {
		return Sealed{}, err
	}
	s.Certificate, s.Scheme = own, parts.scheme.Name
	for _, c := range trusted {
		if c.Equal(own) {
			return s, nil
		}
	}
	return s, ErrUntrusted
}

// hole finds where the signature's value lies, brackets included.
func hole(file []byte) (from, to int, err error) {
	var all [][]int
	ranges := 0
	for at := 0; ; at += len(anyRange) {
		next := bytes.Index(file[at:], anyRange)
		if next < 0 {
			break
		}
		at, ranges = at+next, ranges+1
		if m := sealMark.FindSubmatchIndex(file[at:min(len(file), at+64)]); m != nil {
			for i := range m {
				m[i] += at
			}
			all = append(all, m)
		}
	}
	switch {
	case ranges == 0:
		return 0, 0, ErrUnsigned
	case len(all) == 0:
		return 0, 0, fmt.Errorf("%w：签名不是本系统的形式", ErrNotPaper)
	case len(all) > 1 || ranges > 1:
		return 0, 0, fmt.Errorf("%w（文件中有多处签名）", ErrAppended)
	}
	m := all[0]
	number := func(i int) int { n, _ := strconv.Atoi(string(file[m[2*i]:m[2*i+1]])); return n }
	gap, end, length := number(1), number(2), number(3)
	switch {
	case gap != m[1]-1 || end <= gap+1 || end > len(file) || file[end-1] != '>':
		return 0, 0, fmt.Errorf("%w：签名的位置不对", ErrAltered)
	case end+length < len(file):
		return 0, 0, ErrAppended
	case end+length > len(file):
		return 0, 0, fmt.Errorf("%w：文件被截短", ErrAltered)
	}
	return gap, end, nil
}

// unhex reads the one way a signature is written: small letters, then nothing but zeros.
func unhex(text []byte) ([]byte, bool) {
	all := make([]byte, hex.DecodedLen(len(text)))
	if _, err := hex.Decode(all, text); err != nil || !bytes.Equal(hex.AppendEncode(nil, all), text) {
		return nil, false
	}
	length, ok := derLength(all)
	if !ok || len(bytes.Trim(all[length:], "\x00")) > 0 {
		return nil, false
	}
	return all[:length], true
}

// derLength is the length of the value at the start of data, head included.
func derLength(data []byte) (int, bool) {
	if len(data) < 4 || data[0] != 0x30 || data[1] != 0x82 { // every envelope takes two bytes of length
		return 0, false
	}
	n := 4 + int(data[2])<<8 + int(data[3])
	return n, n <= len(data)
}

// describe reads what the paper says of itself; the whole file is signed by now.
func describe(file []byte) (Sealed, error) {
	from := bytes.LastIndex(file, []byte("<?xpacket begin"))
	if from < 0 {
		return Sealed{}, fmt.Errorf("%w：没有文书说明", ErrNotPaper)
	}
	text, _, _ := bytes.Cut(file[from:], []byte("<?xpacket end"))
	s := Sealed{Ledger: Ledger{Proof: ProofIn(file)}}
	fields := map[string]*string{"title": &s.Title, "number": &s.Number, "for": &s.For, "issuer": &s.Issuer, "date": &s.Date, "code": &s.Code, "mark": &s.Mark, "key": &s.Key,
		"ledger": &s.Ledger.Line, "ledgerKey": &s.Ledger.Key}
	in := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := in.Token()
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return Sealed{}, fmt.Errorf("%w：文书说明无法读取", ErrNotPaper)
		}
		start, ok := token.(xml.StartElement)
		if to := fields[start.Name.Local]; ok && start.Name.Space == paperSpace && to != nil {
			if err := in.DecodeElement(to, &start); err != nil {
				return Sealed{}, fmt.Errorf("%w：文书说明无法读取", ErrNotPaper)
			}
		}
	}
}
