package fs

// FileMode is the parameter type of ioutil.WriteFile.
type FileMode uint32
