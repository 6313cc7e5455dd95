using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Rpc;

namespace Parley.Server.Tests.Rpc;

/// <summary>The examples of the specification (https://www.jsonrpc.org/specification, section 7) with the methods that it names, and what it says beside them.</summary>
public sealed class SpecificationTests
{
    private readonly List<string> _notified = [];
    private readonly RpcServer _server;

    public SpecificationTests() => _server = new RpcServer(
        [
            new RpcMethod("subtract", ["minuend", "subtrahend"], call => new(call.Arguments.Number("minuend") - call.Arguments.Number("subtrahend"))),
            new RpcMethod("sum", ["a", "b", "c"], call => new(call.Arguments.Number("a") + call.Arguments.Number("b") + call.Arguments.Number("c"))),
            new RpcMethod("get_data", [], _ => new(new object[] { "hello", 5 })),
            new RpcMethod("update", ["a", "b", "c", "d", "e"], call => Note($"update {call.Arguments.Number("e")}")),
            new RpcMethod("notify_hello", ["a"], call => Note($"hello {call.Arguments.Number("a")}")),
            new RpcMethod("notify_sum", ["a", "b", "c"], call => Note($"sum {call.Arguments.Number("c")}")),
            new RpcMethod("fail", [], _ => throw new InvalidOperationException("secret of the server")),
        ],
        _ => true,
        NullLogger.Instance);

    [Theory]
    // Positional and named parameters.
    [InlineData("""{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}""", """{"jsonrpc": "2.0", "result": 19, "id": 1}""")]
    [InlineData("""{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}""", """{"jsonrpc": "2.0", "result": -19, "id": 2}""")]
    [InlineData("""{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}""", """{"jsonrpc": "2.0", "result": 19, "id": 3}""")]
    [InlineData("""{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}""", """{"jsonrpc": "2.0", "result": 19, "id": 4}""")]
    // Notifications.
    [InlineData("""{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}""", null)]
    [InlineData("""{"jsonrpc": "2.0", "method": "foobar"}""", null)]
    // Errors.
    [InlineData("""{"jsonrpc": "2.0", "method": "foobar", "id": "1"}""", """{"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "1"}""")]
    [InlineData("""{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]""", """{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}""")]
    [InlineData("""{"jsonrpc": "2.0", "method": 1, "params": "bar"}""", """{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}""")]
    // Batches.
    [InlineData("""[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},{"jsonrpc": "2.0", "method"]""", """{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}""")]
    [InlineData("[]", """{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}""")]
    [InlineData("[1]", """[{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}]""")]
    [InlineData("[1,2,3]", """
        [
            {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
            {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
            {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}
        ]
        """)]
    [InlineData("""
        [
            {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
            {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
            {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
            {"foo": "boo"},
            {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
            {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
        ]
        """, """
        [
            {"jsonrpc": "2.0", "result": 7, "id": "1"},
            {"jsonrpc": "2.0", "result": 19, "id": "2"},
            {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
            {"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "5"},
            {"jsonrpc": "2.0", "result": ["hello", 5], "id": "9"}
        ]
        """)]
    [InlineData("""[{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]""", null)]
    public async Task The_specifications_examples_get_their_answers(string message, string? expected)
    {
        JsonNode? answer = WithoutAdvice(await AnswerAsync(message));

        Assert.True(JsonNode.DeepEquals(expected is null ? null : JsonNode.Parse(expected), answer), answer?.ToJsonString());
    }

    [Fact]
    public async Task Notifications_are_carried_out()
    {
        await AnswerAsync("""[{"jsonrpc":"2.0","method":"update","params":[1,2,3,4,5]},{"jsonrpc":"2.0","method":"notify_hello","params":{"a":7}}]""");

        Assert.Equal(["update 5", "hello 7"], _notified);
    }

    [Theory]
    // What a request has to have.
    [InlineData("""{"method":"get_data","id":1}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"1.0","method":"get_data","id":1}""", -32600, "1")]
    [InlineData("""{"jsonrpc":2.0,"method":"get_data","id":1}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"2.0","method":null,"id":1}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"2.0","Method":"get_data","id":1}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"2.0","method":"get_data","params":"text","id":1}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"2.0","method":"get_data","params":5,"id":1}""", -32600, "1")]
    [InlineData("null", -32600, "null")]
    [InlineData("\"text\"", -32600, "null")]
    [InlineData("[null]", -32600, "null")]
    [InlineData("[[]]", -32600, "null")]
    [InlineData("[[{\"jsonrpc\":\"2.0\",\"method\":\"get_data\",\"id\":1}]]", -32600, "null")]
    [InlineData("{}", -32600, "null")]
    // Ids.
    [InlineData("""{"jsonrpc":"2.0","method":"get_data","id":{"bad":"type"}}""", -32600, "null")]
    [InlineData("""{"jsonrpc":"2.0","method":"get_data","id":[1]}""", -32600, "null")]
    [InlineData("""{"jsonrpc":"2.0","method":"get_data","id":true}""", -32600, "null")]
    [InlineData("""{"jsonrpc":"2.0","method":"none","id":null}""", -32601, "null")]
    [InlineData("""{"jsonrpc":"2.0","method":"none","id":1.50}""", -32601, "1.50")]
    [InlineData("""{"jsonrpc":"2.0","method":"none","id":-1e400}""", -32601, "-1e400")]
    [InlineData("""{"jsonrpc":"2.0","method":"none","id":123456789012345678901234567890}""", -32601, "123456789012345678901234567890")]
    [InlineData("""{"jsonrpc":"2.0","method":"none","id":"\u003c/script\u003e\ud800"}""", -32601, "\"\\u003c/script\\u003e\\ud800\"")]
    [InlineData("""{"jsonrpc":"2.0","method":"none","id":""}""", -32601, "\"\"")]
    // Methods and parameters.
    [InlineData("""{"jsonrpc":"2.0","method":"","id":1}""", -32601, "1")]
    [InlineData("""{"jsonrpc":"2.0","method":"rpc.discover","id":1}""", -32601, "1")]
    [InlineData("""{"jsonrpc":"2.0","method":"\ud800","id":1}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"2.0","method":"subtract","params":[1,2,3],"id":1}""", -32602, "1")]
    [InlineData("""{"jsonrpc":"2.0","method":"subtract","params":{"minuend":1,"":2},"id":1}""", -32602, "1")]
    [InlineData("""{"jsonrpc":"2.0","method":"subtract","params":{"minuend":1,"Subtrahend":2},"id":1}""", -32602, "1")]
    [InlineData("""{"jsonrpc":"2.0","method":"subtract","params":["1",2],"id":1}""", -32602, "1")]
    [InlineData("""{"jsonrpc":"2.0","method":"subtract","params":[1.5,2],"id":1}""", -32602, "1")]
    [InlineData("""{"jsonrpc":"2.0","method":"subtract","params":[99999999999999999999,2],"id":1}""", -32602, "1")]
    // What is not JSON, or not one.
    [InlineData("", -32700, "null")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"get_data\",\"id\":1", -32700, "null")]
    [InlineData("""{"jsonrpc":"2.0","method":"get_data","id":1}{"jsonrpc":"2.0","method":"get_data","id":2}""", -32700, "null")]
    [InlineData("""{"jsonrpc":"2.0","method":"get_data","id":1,"id":2}""", -32700, "null")]
    [InlineData("{'jsonrpc':'2.0'}", -32700, "null")]
    [InlineData("fail", -32700, "null")]
    [InlineData("""{"jsonrpc":"2.0","method":"fail","id":1}""", -32603, "1")]
    public async Task What_is_wrong_is_told_by_its_code_and_by_the_id_that_was_sent(string message, int code, string id)
    {
        string raw = Encoding.UTF8.GetString((await _server.AnswerAsync(Encoding.UTF8.GetBytes(message), Peer(), default)).Span);

        Assert.EndsWith($"\"id\":{id}}}", raw.TrimEnd(']'), StringComparison.Ordinal);
        JsonElement answer = JsonDocument.Parse(raw).RootElement;
        JsonElement one = answer.ValueKind == JsonValueKind.Array ? Assert.Single(answer.EnumerateArray()) : answer;
        Assert.Equal(code, one.GetProperty("error").GetProperty("code").GetInt32());
        Assert.DoesNotContain("secret", raw, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"get_data","params":[],"id":1}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"get_data","params":{},"id":1}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"get_data","params":null,"id":1}""")]
    [InlineData(""" { "id" : 1 , "more" : true , "method" : "get\u005fdata" , "jsonrpc" : "2.0" } """)]
    public async Task What_is_right_in_another_dress_is_right(string message) =>
        Assert.Equal("""{"jsonrpc":"2.0","result":["hello",5],"id":1}""", (await AnswerAsync(message))?.ToJsonString());

    [Fact]
    public async Task Ids_and_batches_have_a_largest_size()
    {
        string fits = new('x', RpcServer.MaxIdBytes - 2), tooLong = fits + "x";
        Assert.Equal(fits, (string?)(await AnswerAsync(Call($"\"{fits}\"")))!["id"]);
        Assert.Equal(-32600, (int)(await AnswerAsync(Call($"\"{tooLong}\"")))!["error"]!["code"]!);

        string full = $"[{string.Join(',', Enumerable.Range(1, RpcServer.MaxBatch).Select(n => Call($"{n}")))}]";
        Assert.Equal(RpcServer.MaxBatch, (await AnswerAsync(full))!.AsArray().Count);
        Assert.Equal(-32600, (int)(await AnswerAsync($"[{full[1..^1]},{Call("0")}]"))!["error"]!["code"]!);
    }

    [Fact]
    public async Task No_bytes_make_it_fail()
    {
        var random = new Random(20260226);
        byte[][] seeds = [.. ((string[])[Call("1"), $"[{Call("\"a\"")},{Call("null")}]", """{"jsonrpc":"2.0","method":"subtract","params":{"minuend":"\ud800","\udc00":1},"id":"é"}"""]).Select(Encoding.UTF8.GetBytes)];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] message = [.. seeds[i % seeds.Length]];
            for (int n = random.Next(1, 4); n > 0; n--)
                message[random.Next(message.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : "\"\\{}[],:udc8"u8[random.Next(12)];

            ReadOnlyMemory<byte> answer = await _server.AnswerAsync(message, Peer(), default);

            if (!answer.IsEmpty)
                JsonDocument.Parse(answer).Dispose();
        }
    }

    private async Task<JsonNode?> AnswerAsync(string message)
    {
        ReadOnlyMemory<byte> answer = await _server.AnswerAsync(Encoding.UTF8.GetBytes(message), Peer(), default);
        return answer.IsEmpty ? null : JsonNode.Parse(answer.Span);
    }

    // "data" is the server's own, and the examples do not have it.
    private static JsonNode? WithoutAdvice(JsonNode? answer)
    {
        foreach (JsonNode? one in answer is JsonArray batch ? [.. batch] : new[] { answer })
            (one?["error"] as JsonObject)?.Remove("data");
        return answer;
    }

    private static string Call(string id) => $$"""{"jsonrpc":"2.0","method":"get_data","id":{{id}}}""";

    private static RpcPeer Peer() => new(new DefaultHttpContext());

    private ValueTask<object?> Note(string what)
    {
        _notified.Add(what);
        return new(true);
    }
}
