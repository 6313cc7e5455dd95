using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Cli.Mcp;

/// <summary>The JSON of the tools' arguments and answers, in camelCase, without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool?))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(ChatContext))]
[JsonSerializable(typeof(SharedChat))]
[JsonSerializable(typeof(SharedSession))]
[JsonSerializable(typeof(UnsharedSession))]
[JsonSerializable(typeof(ListedSessions))]
[JsonSerializable(typeof(RedactionPreview))]
[JsonSerializable(typeof(CreatedToken))]
[JsonSerializable(typeof(RevokedToken))]
internal sealed partial class McpJson : JsonSerializerContext;
