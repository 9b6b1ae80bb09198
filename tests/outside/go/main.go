// Portcullis' ledger as an outsider sees it who has Go's checksum-database code and nothing of ours.
//
// A process that lives as long as its caller: it reads JSON arrays of questions from standard
// input and answers each with a JSON array, a line. What hashing, proofs, tiles and notes are is
// decided by golang.org/x/mod/sumdb (tlog, note) alone; here stand only the parts of C2SP that
// came after it: cosignature/v1, the paths of tiles, tlog-proof files, the checkpoint's own text.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
)

// question is everything that can be asked; Ask says what, and so which fields count.
type question struct {
	Ask       string     `json:"ask"`
	Keys      []string   `json:"keys"`      // the log's verifier keys
	Witnesses []string   `json:"witnesses"` // the witnesses' verifier keys
	Quorum    int        `json:"quorum"`
	Note      []byte     `json:"note"`
	OldNote   []byte     `json:"old_note"`
	Index     number     `json:"index"`
	Size      number     `json:"size"`
	OldSize   number     `json:"old_size"`
	Root      []byte     `json:"root"`
	OldRoot   []byte     `json:"old_root"`
	Leaf      []byte     `json:"leaf"`
	Digest    []byte     `json:"digest"`
	Path      [][]byte   `json:"path"`
	File      []byte     `json:"file"`
	Folder    string     `json:"folder"`
	By        string     `json:"by"`
	Rounds    int        `json:"rounds"`
	Cases     []question `json:"cases"`
}

// number is a place or a size; one that Go's code cannot hold is no place in any tree.
type number int64

func (n *number) UnmarshalJSON(text []byte) error {
	value, err := strconv.ParseInt(string(text), 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		value, err = -1, nil
	}
	*n = number(value)
	return err
}

// answer to one question: why it is refused, or what was found.
type answer struct {
	Refused     string           `json:"refused,omitempty"`
	Path        [][]byte         `json:"path,omitempty"`
	Counts      map[string]int64 `json:"counts,omitempty"`
	Unreadable  []int64          `json:"unreadable,omitempty"`
	Nanoseconds float64          `json:"nanoseconds,omitempty"`
}

// asked says who answers which question.
var asked = map[string]func(*question) (answer, error){
	"record":      bareRecord,
	"growth":      bareGrowth,
	"presented":   presented,
	"grown":       grown,
	"file":        proofFile,
	"ledger":      ledger,
	"prove":       prove,
	"prove_grown": proveGrown,
	"time":        timeRecords,
}

func main() {
	questions := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := bufio.NewWriter(os.Stdout)
	answers := json.NewEncoder(out)
	for {
		var batch []question
		if err := questions.Decode(&batch); err == io.EOF {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		given := make([]answer, len(batch))
		for i := range batch {
			given[i] = reply(&batch[i])
		}
		if err := answers.Encode(given); err != nil {
			log.Fatal(err)
		}
		if err := out.Flush(); err != nil {
			log.Fatal(err)
		}
	}
}

func reply(q *question) answer {
	handle, known := asked[q.Ask]
	if !known {
		log.Fatal(fmt.Errorf("nobody answers %q", q.Ask))
	}
	given, err := handle(q)
	if err != nil {
		return answer{Refused: err.Error()}
	}
	return given
}
