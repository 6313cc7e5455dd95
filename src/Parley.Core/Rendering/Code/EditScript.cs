namespace Parley.Core.Rendering.Code;

/// <summary>One step from an old sequence to a new one.</summary>
internal enum Edit
{
    Keep,
    Delete,
    Insert,
}

/// <summary>
/// The shortest way from one sequence to another, by Myers' greedy algorithm (An O(ND) Difference Algorithm, 1986), bounded: what differs
/// too much is shown as taken out and put in as a whole.
/// </summary>
internal static class EditScript
{
    /// <summary>Most insertions and deletions that are looked for, so that time and memory stay bounded on hostile input.</summary>
    internal const int MaxEdits = 600;

    internal static List<Edit> Between<T>(ReadOnlySpan<T> before, ReadOnlySpan<T> after)
        where T : IEquatable<T>
    {
        int prefix = before.CommonPrefixLength(after);
        ReadOnlySpan<T> a = before[prefix..], b = after[prefix..];
        int suffix = 0;
        while (suffix < Math.Min(a.Length, b.Length) && a[^(suffix + 1)].Equals(b[^(suffix + 1)]))
            suffix++;
        var edits = new List<Edit>(before.Length + b.Length);
        Repeat(edits, Edit.Keep, prefix);
        Middle(a[..^suffix], b[..^suffix], edits);
        Repeat(edits, Edit.Keep, suffix);
        return edits;
    }

    private static void Middle<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, List<Edit> edits)
        where T : IEquatable<T>
    {
        if (a.IsEmpty || b.IsEmpty || FurthestReaching(a, b) is not { } trace)
        {
            Repeat(edits, Edit.Delete, a.Length);
            Repeat(edits, Edit.Insert, b.Length);
            return;
        }
        int start = edits.Count;
        WalkBack(trace, a.Length, b.Length, edits);
        edits.Reverse(start, edits.Count - start);
    }

    /// <summary>For each number of edits d, the furthest x on the diagonals -d..d before that round (index k + d); null when the bound was hit.</summary>
    private static List<int[]>? FurthestReaching<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : IEquatable<T>
    {
        int max = Math.Min(a.Length + b.Length, MaxEdits);
        var furthest = new int[2 * max + 3];
        int zero = max + 1;
        var trace = new List<int[]>();
        for (int d = 0; d <= max; d++)
        {
            trace.Add(furthest.AsSpan(zero - d - 1, 2 * d + 3).ToArray());
            for (int k = -d; k <= d; k += 2)
            {
                bool down = k == -d || (k != d && furthest[zero + k - 1] < furthest[zero + k + 1]);
                int x = down ? furthest[zero + k + 1] : furthest[zero + k - 1] + 1;
                int y = x - k;
                if (x <= a.Length && y <= b.Length && y >= 0)
                    x += a[x..].CommonPrefixLength(b[y..]);
                furthest[zero + k] = x;
                if (x >= a.Length && x - k >= b.Length)
                    return trace;
            }
        }
        return null;
    }

    private static void WalkBack(List<int[]> trace, int x, int y, List<Edit> edits)
    {
        for (int d = trace.Count - 1; d >= 0; d--)
        {
            int[] furthest = trace[d];
            int k = x - y;
            bool down = k == -d || (k != d && furthest[k - 1 + d + 1] < furthest[k + 1 + d + 1]);
            int previousX = down ? furthest[k + 1 + d + 1] : furthest[k - 1 + d + 1];
            int previousY = previousX - (down ? k + 1 : k - 1);
            int startX = d == 0 ? 0 : down ? previousX : previousX + 1;
            Repeat(edits, Edit.Keep, x - startX);
            if (d > 0)
                edits.Add(down ? Edit.Insert : Edit.Delete);
            (x, y) = (previousX, previousY);
        }
    }

    private static void Repeat(List<Edit> edits, Edit edit, int count)
    {
        for (int i = 0; i < count; i++)
            edits.Add(edit);
    }
}
