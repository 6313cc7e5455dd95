using System.Globalization;

namespace Parley.Server.Turns;

/// <summary>What models cost, so that a workspace's budget can be kept: US dollars per million tokens, by the beginning of the model's name.</summary>
public sealed class ModelPrices
{
    // Of a model that is not listed the dearest price is assumed: a budget is kept rather than not.
    private const string Known =
        "claude-opus-4-5=5/25,claude-opus-4-6=5/25,claude-opus-4-7=5/25,claude-sonnet=3/15,claude-haiku-4=1/5,claude-3-7-sonnet=3/15,claude-3-5-haiku=0.8/4,*=15/75";

    // Of the price of input: reading what was cached, and writing it.
    private const decimal CacheRead = 0.1m, CacheWrite = 1.25m;

    private readonly List<Price> _prices;

    private ModelPrices(List<Price> prices) => _prices = prices;

    public static ModelPrices Default { get; } = Parse(Known)!;

    /// <summary>Reads <c>name=input/output,…</c>, where <c>*</c> is any model that no other name begins; null when it is nothing like that.</summary>
    public static ModelPrices? Parse(string text)
    {
        List<Price> prices = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=') is not [{ Length: > 0 } name, var price] || price.Split('/') is not [var input, var output] || Number(input) is not { } i || Number(output) is not { } o)
                return null;
            prices.Add(new Price(name, i, o));
        }
        return new ModelPrices(prices);
    }

    /// <summary>These prices, and the others' where these have none.</summary>
    public ModelPrices Over(ModelPrices others) => new([.. _prices, .. others._prices]);

    /// <summary>What a call of a model costs.</summary>
    public Money Of(string model, TokenCounts tokens)
    {
        Price? price = _prices.Where(p => p.Name != "*" && model.StartsWith(p.Name, StringComparison.OrdinalIgnoreCase)).MaxBy(p => p.Name.Length)
            ?? _prices.Find(p => p.Name == "*");
        return price is null ? default : new Money((long)Math.Ceiling(
            price.Input * (tokens.Input + CacheRead * tokens.CacheRead + CacheWrite * tokens.CacheWrite) + price.Output * tokens.Output));
    }

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) && number <= 100_000 ? number : null;

    private sealed record Price(string Name, decimal Input, decimal Output);
}

/// <summary>An amount of US dollars, in millionths.</summary>
public readonly record struct Money(long Millionths)
{
    private const decimal One = 1_000_000;

    public decimal Dollars => Millionths / One;

    public static Money Of(decimal dollars) => new((long)(dollars * One));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"${Dollars:0.00##}");
}

/// <summary>What calls of a model took. What was read from the prompt cache or written to it is not in <see cref="Input"/>.</summary>
public readonly record struct TokenCounts(long Input, long Output, long CacheRead, long CacheWrite);
