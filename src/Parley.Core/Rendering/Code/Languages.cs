using System.Collections.Frozen;

namespace Parley.Core.Rendering.Code;

/// <summary>Which language a code block or a file is written in. Only names from this table ever reach the page.</summary>
internal static class Languages
{
    private static readonly FrozenDictionary<string, string> Names = Table().ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Names.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The language that a fence's info string or a file's ending names; null for one that is not known.</summary>
    internal static string? Of(ReadOnlySpan<char> name) => Lookup.TryGetValue(name.Trim(), out string? language) ? language : null;

    /// <summary>The language of a file by its name.</summary>
    internal static string? OfFile(ReadOnlySpan<char> path)
    {
        ReadOnlySpan<char> file = path[(path.LastIndexOfAny('/', '\\') + 1)..];
        return Of(file) ?? (file.LastIndexOf('.') is var dot and >= 0 ? Of(file[(dot + 1)..]) : null);
    }

    private static IEnumerable<KeyValuePair<string, string>> Table()
    {
        string[] lines =
        [
            "bash sh shell zsh fish console shellscript shell-session", "c h", "cpp c++ cc cxx hpp hh", "csharp cs c#", "css", "dart", "diff patch",
            "docker dockerfile", "elixir ex exs", "go golang", "graphql gql", "haskell hs", "hcl tf terraform", "html htm", "ini cfg conf properties editorconfig",
            "java", "javascript js mjs cjs", "json jsonl ndjson", "jsonc json5", "jsx", "kotlin kt kts", "lua", "make makefile mk", "markdown md mdx", "nix",
            "objective-c m objc", "perl pl pm", "php", "powershell ps1 pwsh psm1", "proto protobuf", "python py pyi python3", "r", "ruby rb gemfile rakefile",
            "rust rs", "scala sc", "scss sass", "sql", "svelte", "swift", "toml", "tsx", "typescript ts mts cts", "vue", "xml svg csproj props targets slnx plist",
            "yaml yml", "zig",
        ];
        return from line in lines
               let names = line.Split(' ')
               from name in names
               select KeyValuePair.Create(name, names[0]);
    }
}
