using System.Collections.Frozen;
using System.Text.Json;

namespace Parley.Server.Pages;

/// <summary>
/// The browser's files as Vite built them: names with hashes, so that they may be cached for ever, each with its compressed forms beside it.
/// They are read once and served from memory. For developing, <c>PARLEY_WEB_ASSETS</c> names the folder that Vite writes to, whose manifest is
/// then read again whenever it has changed.
/// </summary>
public sealed class WebAssets
{
    private readonly string _folder;
    private readonly bool _watch;
    private volatile Built _built;

    public WebAssets(IWebHostEnvironment environment)
    {
        string? developed = Environment.GetEnvironmentVariable("PARLEY_WEB_ASSETS");
        _watch = !string.IsNullOrEmpty(developed);
        _folder = _watch ? developed! : Path.Combine(environment.ContentRootPath, "wwwroot", "assets");
        _built = Built.Read(_folder);
    }

    public string Script => Current.NameOf("src/main.ts");

    /// <summary>The script that sets the theme before the first paint.</summary>
    public string ThemeScript => Current.NameOf("src/theme.ts");

    public string Styles => Current.NameOf("src/styles/main.css");

    public string Icon => Current.NameOf("src/favicon.svg");

    public WebAsset? Find(string name) => Current.Files.GetValueOrDefault(name);

    private Built Current
    {
        get
        {
            if (_watch && Built.Stamp(_folder) != _built.Written)
                _built = Built.Read(_folder);
            return _built;
        }
    }

    private sealed record Built(FrozenDictionary<string, string> Names, FrozenDictionary<string, WebAsset> Files, DateTime Written)
    {
        /// <summary>The file that a source was built into; without a build the pages are plain but readable.</summary>
        internal string NameOf(string source) => Names.GetValueOrDefault(source, "not-built");

        internal static DateTime Stamp(string folder) => File.GetLastWriteTimeUtc(Path.Combine(folder, "manifest.json"));

        internal static Built Read(string folder)
        {
            string manifest = Path.Combine(folder, "manifest.json");
            if (!File.Exists(manifest))
                return new Built(FrozenDictionary<string, string>.Empty, FrozenDictionary<string, WebAsset>.Empty, Stamp(folder));
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(manifest));
            var names = json.RootElement.EnumerateObject().ToFrozenDictionary(e => e.Name, e => e.Value.GetProperty("file").GetString()!);
            var files = Directory.EnumerateFiles(folder).Where(f => WebAsset.ContentTypeOf(f) is not null)
                .ToFrozenDictionary(f => Path.GetFileName(f), f => new WebAsset(f));
            return new Built(names, files, Stamp(folder));
        }
    }
}

/// <summary>One file for the browser.</summary>
public sealed class WebAsset(string path)
{
    private readonly Lazy<byte[]> _plain = new(() => File.ReadAllBytes(path));
    private readonly Lazy<byte[]?> _brotli = new(() => ReadIfAny(path + ".br")), _gzip = new(() => ReadIfAny(path + ".gz"));

    public string ContentType { get; } = ContentTypeOf(path)!;

    /// <summary>The bytes in the best encoding that the client takes.</summary>
    public EncodedBytes For(HttpRequest request)
    {
        ContentCoding accepted = ContentCodings.Accepted(request);
        if (accepted.HasFlag(ContentCoding.Brotli) && _brotli.Value is { } brotli)
            return new(brotli, "br");
        return accepted.HasFlag(ContentCoding.Gzip) && _gzip.Value is { } gzip ? new(gzip, "gzip") : new(_plain.Value, null);
    }

    internal static string? ContentTypeOf(string path) => Path.GetExtension(path) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        ".png" => "image/png",
        _ => null,
    };

    private static byte[]? ReadIfAny(string path) => File.Exists(path) ? File.ReadAllBytes(path) : null;
}
