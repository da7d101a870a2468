/** The command that gives a version its baseline, to be copied as it stands, whatever a model is called. */
export function baselineCommand(model: string, version: string): string {
  return `shiftwatch baseline create --model ${shellWord(model)} --version ${shellWord(version)} training.csv`;
}

function shellWord(text: string): string {
  return /^[\w.@%+:,/-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
