using Xunit;

namespace Parley.Core.Tests;

/// <summary>Tests beside which no other may run, because they measure the process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
