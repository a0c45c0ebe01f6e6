// Pages with a strict content policy forbid innerHTML, which Svelte would otherwise make its fragments with.
export default { compilerOptions: { fragments: 'tree' } };
