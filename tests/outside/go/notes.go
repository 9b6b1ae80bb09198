package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// strict base64: one way to write a value.
var strict = base64.StdEncoding.Strict()

// witness is the note.Verifier of a cosignature/v1 key (c2sp.org/tlog-cosignature).
type witness struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

const (
	cosignatureKind = 0x04
	timeBytes       = 8
)

func newWitness(vkey string) (*witness, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a verifier key")
	}
	material, err := strict.DecodeString(parts[2])
	if err != nil || len(material) != 1+ed25519.PublicKeySize || material[0] != cosignatureKind {
		return nil, errors.New("not the verifier key of a witness")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), material...))
	id := binary.BigEndian.Uint32(sum[:4])
	if fmt.Sprintf("%08x", id) != parts[1] {
		return nil, errors.New("the id does not fit the witness's key")
	}
	return &witness{parts[0], id, ed25519.PublicKey(material[1:])}, nil
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.id }

func (w *witness) Verify(text, signature []byte) bool {
	if len(signature) != timeBytes+ed25519.SignatureSize {
		return false
	}
	moment := binary.BigEndian.Uint64(signature)
	if moment > math.MaxInt64 {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", moment, text)
	return ed25519.Verify(w.key, []byte(signed), signature[timeBytes:])
}

// head opens a checkpoint: signed by the log it names, cosigned by as many witnesses as asked.
func (q *question) head(signed []byte) (tlog.Tree, error) {
	var known []note.Verifier
	logs, witnesses := map[uint32]string{}, map[uint32]bool{}
	for _, vkey := range q.Keys {
		verifier, err := note.NewVerifier(vkey)
		if err != nil {
			return tlog.Tree{}, err
		}
		known = append(known, verifier)
		logs[verifier.KeyHash()] = verifier.Name()
	}
	for _, vkey := range q.Witnesses {
		verifier, err := newWitness(vkey)
		if err != nil {
			return tlog.Tree{}, err
		}
		known = append(known, verifier)
		witnesses[verifier.KeyHash()] = true
	}
	opened, err := note.Open(signed, note.VerifierList(known...))
	if err != nil {
		return tlog.Tree{}, err
	}
	origin, tree, err := parseCheckpoint(opened.Text)
	if err != nil {
		return tlog.Tree{}, err
	}
	byLog, cosigned := false, 0
	for _, signature := range opened.Sigs {
		if name, is := logs[signature.Hash]; is && name == signature.Name && name == origin {
			byLog = true
		}
		if witnesses[signature.Hash] {
			cosigned++
		}
	}
	if !byLog {
		return tlog.Tree{}, errors.New("the log has not signed")
	}
	if cosigned < q.Quorum {
		return tlog.Tree{}, fmt.Errorf("%d of %d witnesses have cosigned", cosigned, q.Quorum)
	}
	return tree, nil
}

// parseCheckpoint reads a checkpoint's text (c2sp.org/tlog-checkpoint). tlog.ParseTree would do it,
// did it not ask for the checksum database's own first line.
func parseCheckpoint(text string) (origin string, tree tlog.Tree, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[len(lines)-1] != "" {
		return "", tree, errors.New("not a checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return "", tree, errors.New("the checkpoint has no size")
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return "", tree, err
	}
	return lines[0], tlog.Tree{N: size, Hash: root}, nil
}
