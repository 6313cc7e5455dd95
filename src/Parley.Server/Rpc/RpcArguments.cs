using System.Text.Json;

namespace Parley.Server.Rpc;

/// <summary>The arguments of a call, given by name or by position (JSON-RPC 2.0, 4.2).</summary>
public sealed class RpcArguments
{
    private readonly Dictionary<string, JsonElement> _byName = [];

    /// <param name="parameters">The names of the method's parameters, in their order.</param>
    /// <param name="given">An array, an object, or nothing at all.</param>
    /// <exception cref="RpcException">There is one that the method does not have.</exception>
    public RpcArguments(string[] parameters, JsonElement given)
    {
        if (given.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty argument in given.EnumerateObject())
                _byName.Add(parameters.Contains(argument.Name) ? argument.Name : throw Wrong($"There is no parameter \"{Short(argument.Name)}\": there is {Listed(parameters)}."), argument.Value);
        }
        else if (given.ValueKind == JsonValueKind.Array)
        {
            if (given.GetArrayLength() > parameters.Length)
                throw Wrong($"Too many parameters: there is {Listed(parameters)}.");
            foreach ((string name, JsonElement value) in parameters.Zip(given.EnumerateArray()))
                _byName.Add(name, value);
        }
    }

    /// <summary>Whether it was given, be it as null.</summary>
    public bool Has(string name) => _byName.ContainsKey(name);

    /// <exception cref="RpcException">It is missing or no text.</exception>
    public string Text(string name) => _byName.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && RpcRequest.Text(value) is { } text
        ? text
        : throw Wrong($"\"{name}\" is needed, as text.");

    /// <summary>Null where it was left out or given as null.</summary>
    /// <exception cref="RpcException">It is no whole number.</exception>
    public long? Number(string name)
    {
        if (!_byName.TryGetValue(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : throw Wrong($"\"{name}\" is a whole number.");
    }

    public static RpcException Wrong(string message) => new(RpcException.InvalidParams, message);

    private static string Listed(string[] parameters) => parameters.Length == 0 ? "none" : string.Join(", ", parameters);

    // It stands in the answer, and the caller wrote it.
    private static string Short(string name) => name.Length > 40 ? name[..40] + "…" : name;
}
