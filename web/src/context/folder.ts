import ignore, { type Ignore } from "ignore";

/** A file of a folder that somebody picked. */
export interface PickedFile {
  /** Below the folder. */
  readonly path: string;
  readonly file: File;
}

/** A folder that somebody picked, without what its own ignore rules leave out. */
export interface PickedFolder {
  readonly name: string;
  readonly files: readonly PickedFile[];
}

const rules = ".gitignore";

/** What of a picked folder is looked at: not what is Git's own, and not what the .gitignore files in it leave out. */
export async function readFolder(picked: FileList): Promise<PickedFolder | null> {
  const all = [...picked].map((file) => ({ file, parts: file.webkitRelativePath.split("/") }));
  const name = all[0]?.parts[0];
  if (!name) return null;
  const files = all.map(({ file, parts }) => ({ path: parts.slice(1).join("/"), file }));
  const ignored = await ignoring(files);
  return { name, files: files.filter(({ path }) => !ignored(path)) };
}

async function ignoring(files: readonly PickedFile[]): Promise<(path: string) => boolean> {
  const sets: { folder: string; rules: Ignore }[] = [{ folder: "", rules: ignore().add(".git") }];
  for (const { path, file } of files.filter(({ path }) => path === rules || path.endsWith(`/${rules}`)))
    sets.push({ folder: path.slice(0, -rules.length), rules: ignore().add(await file.text()) });
  // The rules of the deepest folder that have something to say decide.
  sets.sort((one, other) => other.folder.length - one.folder.length);

  const decides = (path: string): boolean => {
    for (const { folder, rules } of sets) {
      if (!path.startsWith(folder) || path === folder) continue;
      const { ignored, unignored } = rules.test(path.slice(folder.length));
      if (ignored || unignored) return ignored;
    }
    return false;
  };
  const folders = new Map<string, boolean>();
  // What is in an ignored folder is not let in again by a rule of its own.
  const folderIsIgnored = (path: string): boolean => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const above = path.lastIndexOf("/", path.length - 2);
    const result = (above >= 0 && folderIsIgnored(path.slice(0, above + 1))) || decides(path);
    folders.set(path, result);
    return result;
  };
  return (path) => {
    const folder = path.lastIndexOf("/") + 1;
    return (folder > 0 && folderIsIgnored(path.slice(0, folder))) || decides(path);
  };
}
