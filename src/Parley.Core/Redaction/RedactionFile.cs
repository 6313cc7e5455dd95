using System.Text.Json;

namespace Parley.Core.Redaction;

/// <summary>
/// A <c>redaction.json</c> of a project or a user:
/// <c>{"rules":[{"name":"acme-token","pattern":"acme_[0-9a-f]{32}"}],"values":["…"],"allow":["…"]}</c>; every member may be left out.
/// </summary>
public sealed record RedactionFile
{
    /// <summary>The file's name, wherever it is.</summary>
    public const string FileName = "redaction.json";

    public const int MaxBytes = 1_048_576;
    public const int MaxRules = 200;
    public const int MaxValues = 1_000;
    public const int MinValueLength = 3;

    private static readonly JsonDocumentOptions Json = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    public IReadOnlyList<OwnRule> Rules { get; private init; } = [];

    /// <summary>Values to remove in any case.</summary>
    public IReadOnlyList<string> Values { get; private init; } = [];

    /// <summary>Values never to remove.</summary>
    public IReadOnlyList<string> Allow { get; private init; } = [];

    /// <summary>Reads a file. Comments and trailing commas are allowed.</summary>
    /// <exception cref="RedactionFileException">It is not as it must be; the message names the file and what is wrong.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a folder.</exception>
    public static RedactionFile Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] content = new byte[MaxBytes + 1];
        int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return length <= MaxBytes
            ? Parse(content.AsMemory(0, length), path)
            : throw new RedactionFileException(path, $"it is larger than {MaxBytes} bytes");
    }

    /// <summary>Reads a file's content, UTF-8.</summary>
    /// <exception cref="RedactionFileException">It is not as it must be; the message names <paramref name="path"/> and what is wrong.</exception>
    public static RedactionFile Parse(ReadOnlyMemory<byte> content, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content, Json);
            return From(document.RootElement, path);
        }
        catch (JsonException e)
        {
            throw new RedactionFileException(path, $"it is not JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new RedactionFileException(path, $"it holds half a character: {e.Message}", e);
        }
        catch (ArgumentException e)
        {
            throw new RedactionFileException(path, e.Message, e);
        }
    }

    /// <summary>The file as far as it may be trusted when somebody else may have written it: it can have more taken out, not less.</summary>
    public RedactionFile WithoutAllow() => this with { Allow = [] };

    /// <summary>The options with the file's rules, values and exceptions added.</summary>
    public RedactionOptions AddTo(RedactionOptions options) => options with
    {
        OwnRules = [.. options.OwnRules, .. Rules],
        ExtraValues = [.. options.ExtraValues, .. Values],
        AllowedValues = [.. options.AllowedValues, .. Allow],
    };

    private static RedactionFile From(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new RedactionFileException(path, "it must be a JSON object");
        var file = new RedactionFile();
        foreach (JsonProperty member in root.EnumerateObject())
        {
            file = member.Name switch
            {
                "rules" => file with { Rules = [.. Items(member, MaxRules, path).Select(rule => Rule(rule, path))] },
                "values" => file with { Values = Strings(member, path) },
                "allow" => file with { Allow = Strings(member, path) },
                "$schema" => file,
                _ => throw new RedactionFileException(path, $"'{member.Name}' is not known; there are rules, values and allow"),
            };
        }
        return file;
    }

    private static OwnRule Rule(JsonElement rule, string path)
    {
        if (rule.ValueKind != JsonValueKind.Object || Text(rule, "name") is not { } name || Text(rule, "pattern") is not { } pattern)
            throw new RedactionFileException(path, "each of rules is an object with the strings name and pattern");
        return new OwnRule(name, pattern);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string[] Strings(JsonProperty member, string path) => [.. Items(member, MaxValues, path).Select(item =>
        item.ValueKind == JsonValueKind.String && item.GetString() is { Length: >= MinValueLength } text
            ? text
            : throw new RedactionFileException(path, $"each of {member.Name} is a string of at least {MinValueLength} characters"))];

    private static JsonElement.ArrayEnumerator Items(JsonProperty member, int max, string path) =>
        member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() <= max
            ? member.Value.EnumerateArray()
            : throw new RedactionFileException(path, $"{member.Name} must be an array of at most {max} items");
}

/// <summary>A <c>redaction.json</c> can't be used.</summary>
public sealed class RedactionFileException(string path, string reason, Exception? inner = null) : Exception($"'{path}' can't be used: {reason.TrimEnd('.')}.", inner);
