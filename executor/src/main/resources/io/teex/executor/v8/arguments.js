'use strict';
// The arguments of a command: those that its image brings, or its name alone.
const SECTION = 'teex.args';
const NAME = Buffer.from('service\0');

/** → {text: all arguments, a zero byte behind each; starts: where each begins} */
module.exports = function argumentsOf(module) {
  const [section] = WebAssembly.Module.customSections(module, SECTION);
  const text = section === undefined ? NAME : Buffer.from(section);
  const starts = [];
  for (let at = 0; at < text.length; at = text.indexOf(0, at) + 1) starts.push(at);
  return { text, starts };
};
