namespace Parley.Core.Headless;

/// <summary>Content blocks, which are JSON each, put together into one JSON array.</summary>
internal static class BlockArray
{
    public static byte[] Of(IEnumerable<byte[]> blocks)
    {
        var array = new List<byte> { (byte)'[' };
        foreach (byte[] block in blocks)
        {
            if (array.Count > 1)
                array.Add((byte)',');
            array.AddRange(block);
        }
        array.Add((byte)']');
        return [.. array];
    }

    /// <summary>One array of the items of several.</summary>
    public static byte[] Joined(IEnumerable<ReadOnlyMemory<byte>> arrays) =>
        Of(arrays.Select(array => array.Span.Trim(" \t\r\n"u8)[1..^1].Trim(" \t\r\n"u8).ToArray()).Where(items => items.Length > 0));
}
