package rubric

import "bytes"

// Annex2File and ReadingsFile are the data files as they are, for an archive
// that must be readable without this program.
func Annex2File() []byte { return bytes.Clone(annex2File) }

// ReadingsFile is the register of ambiguities as data.
func ReadingsFile() []byte { return bytes.Clone(readingsFile) }
