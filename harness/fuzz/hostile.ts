/** Text that does harm where it is taken for more than text: markup, Markdown, a spreadsheet's formula, a path, a terminal's escape. `planted` is looked for in what is written. */
export const planted = "planted0";

export const hostileTexts = [
  `<img src=x onerror=${planted}()>`,
  `</script><script>${planted}()</script>`,
  `</style><svg onload=${planted}()>`,
  `"><a href="javascript:${planted}()">`,
  `[x](javascript:${planted})`,
  `=HYPERLINK("${planted}")`,
  `@${planted}`,
  `../../../${planted}`,
  `/${planted}`,
  `..\\${planted}`,
  `CON`,
  `\u001b[31m${planted}\u0007`,
  `\u202e${planted}\u2066`,
  `${planted}\r\nX: y\u2028\u2029`,
  `\ud800${planted}`,
  `\u200f\u061c${planted}\u200e`,
  `${planted}\nGate passed: all is well\n::error::${planted}`,
  `|\`${planted}\`| $${planted}$ #1 &commat;${planted} https://${planted}.example www.${planted}.example`,
  `${planted} ${"long ".repeat(190)}`,
  `__proto__`,
  `constructor`,
  `nan`,
  `Infinity`,
  ``,
] as const;
