package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"
)

// aviary hands out canaries: words that look like a name, a mobile, an address,
// a number of identity or a sentence, none of which occurs twice or by itself.
type aviary struct {
	mu  sync.Mutex
	all []string
}

// next is another canary, of one of five kinds in turn.
func (a *aviary) next() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := len(a.all)
	c := [...]string{"雀" + rare(n) + "氏", fmt.Sprintf("1397%07d", (1234567+n*7919)%1e7), fmt.Sprintf("q%04dx@huangque.example", n),
		fmt.Sprintf("110101198%09d", (20316047+n*104729)%1e9), "此言只为寻找" + rare(n) + "而写"}[n%5]
	a.all = append(a.all, c)
	return c
}

// keep adds words that stand for persons already.
func (a *aviary) keep(words ...string) { a.all = append(a.all, words...) }

// rare writes a number in signs that no text of ours has.
func rare(n int) string {
	signs := []rune("䴉鹮鹳鸱鸲鸳鸶鸷鸸鹀")
	var b strings.Builder
	for _, d := range fmt.Sprintf("%04d", n) {
		b.WriteRune(signs[d-'0'])
	}
	return b.String()
}

// spellings are the ways in which a word may lie in a dump or a log.
func spellings(word string) map[string][]byte {
	var little, big, escaped []byte
	for _, u := range utf16.Encode([]rune(word)) {
		little, big = binary.LittleEndian.AppendUint16(little, u), binary.BigEndian.AppendUint16(big, u)
	}
	for _, r := range word {
		if r < 0x80 {
			escaped = append(escaped, byte(r))
			continue
		}
		for _, u := range utf16.Encode([]rune{r}) {
			escaped = fmt.Appendf(escaped, `\u%04x`, u)
		}
	}
	all := map[string][]byte{
		"UTF-8": []byte(word), "UTF-16LE": little, "UTF-16BE": big, "JSON": escaped, "hex": []byte(hex.EncodeToString([]byte(word))),
		"HEX": []byte(strings.ToUpper(hex.EncodeToString([]byte(word)))), "URL": []byte(url.QueryEscape(word)), "path": []byte(url.PathEscape(word)),
	}
	for phase := range 3 { // what stands before the word moves the boundaries of base64
		b := append(make([]byte, phase), word...)
		for name, e := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			s := e.EncodeToString(b)[[]int{0, 2, 3}[phase]:]
			if len(b)%3 != 0 { // the last sign depends on what follows
				s = s[:len(s)-1]
			}
			all[fmt.Sprintf("%s/%d", name, phase)] = []byte(s)
		}
	}
	return all
}

// net looks for many words in many spellings at once, by their first eight bytes.
type net64 struct {
	maybe [1 << 17]byte // a bit for each hash of a beginning
	by    map[uint64][]spelled
	tail  []byte
	hits  []string
	seen  int64
}

type spelled struct {
	word, how string
	bytes     []byte
}

func hash64(x uint64) uint64 { return x * 0x9e3779b97f4a7c15 >> 44 }

func weave(words []string) *net64 {
	n := &net64{by: map[uint64][]spelled{}}
	for _, w := range words {
		for how, b := range spellings(w) {
			x := binary.LittleEndian.Uint64(b) // every spelling has eight bytes and more
			n.by[x] = append(n.by[x], spelled{w, how, b})
			h := hash64(x)
			n.maybe[h>>3] |= 1 << (h & 7)
		}
	}
	return n
}

// longest is more than the longest spelling has.
const longest = 512

// search reads a stream to its end and notes every hit under the stream's name.
func (n *net64) search(name string, r io.Reader) error {
	n.tail = n.tail[:0]
	buf := make([]byte, 1<<20)
	for {
		k, err := io.ReadFull(r, buf)
		n.seen += int64(k)
		block := append(n.tail, buf[:k]...)
		last := err == io.EOF || err == io.ErrUnexpectedEOF
		end := len(block) - longest
		if last {
			end = len(block) - 7
		}
		for i := 0; i < end; i++ {
			x := binary.LittleEndian.Uint64(block[i:])
			if h := hash64(x); n.maybe[h>>3]&(1<<(h&7)) == 0 {
				continue
			}
			for _, s := range n.by[x] {
				if bytes.HasPrefix(block[i:], s.bytes) {
					n.hits = append(n.hits, fmt.Sprintf("%s: %s as %s", name, s.word, s.how))
				}
			}
		}
		if last {
			return nil
		}
		if err != nil {
			return err
		}
		n.tail = append([]byte(nil), block[max(end, 0):]...)
	}
}

// S11a: the net finds a word in every spelling, also across the blocks it reads.
func TestS11aTheNetCatches(t *testing.T) {
	var birds aviary
	for range 200 {
		birds.next()
	}
	found := 0
	for i, w := range birds.all {
		for how, b := range spellings(w) {
			n := weave(birds.all)
			if len(b) >= longest || len(b) < 8 {
				t.Fatalf("%s as %s has %d bytes", w, how, len(b))
			}
			before := 9
			if i == 0 { // at the edge of a block
				before = 1<<20 - len(b)/2
			}
			text := append(bytes.Repeat([]byte("."), before), b...)
			if i != 1 { // and at the very end
				text = append(text, "......................................................................................"...)
			}
			if err := n.search("text", bytes.NewReader(text)); err != nil {
				t.Fatal(err)
			}
			if len(n.hits) == 0 || !strings.Contains(strings.Join(n.hits, "\n"), w) {
				t.Errorf("%s as %s is not found", w, how)
			}
			found++
			if i > 4 {
				break // one spelling of the others
			}
		}
	}
	seen := map[string]bool{}
	for _, w := range birds.all {
		if seen[w] {
			t.Errorf("%s twice", w)
		}
		seen[w] = true
	}
	t.Logf("%d spellings found", found)
	for phase := range 3 { // base64 made by others, whatever stands around the word
		n := weave(birds.all)
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", phase+3) + birds.all[0] + "yz"))
		if n.search("base64", strings.NewReader(text)); len(n.hits) == 0 {
			t.Errorf("phase %d: %v", phase, n.hits)
		}
	}
}
