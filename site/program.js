// Which program the loader starts: no other one. build.sh fills in the version and the digest.
export const version = '';
export const integrity = '';
