using Locks.Client.Core.Sets;
using Xunit;

namespace Locks.Client.Tests.Core.Sets;

/// <summary>Which keys a set that waits asks for together.</summary>
public sealed class ContendedKeysTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ContendedKeys _contended;

    public ContendedKeysTests() => _contended = new ContendedKeys(_time);

    private string Next => string.Concat(_contended.UpToContended(["a", "b", "c"]));

    [Theory]
    [InlineData("", "abc")]
    [InlineData("a", "a")]
    [InlineData("b", "a")]
    [InlineData("c", "ab")]
    [InlineData("abc", "a")]
    public void NoKey_IsAskedFor_BehindAContendedOne(string contended, string expected)
    {
        foreach (var key in contended)
            _contended.Report($"{key}", wasBusy: true);

        Assert.Equal(expected, Next);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("abc", Next);
    }

    [Fact]
    public void AKeyThatWasFree_IsNotContendedAnyMore()
    {
        _contended.Report("a", wasBusy: true);

        _contended.Report("a", wasBusy: false);

        Assert.Equal("abc", Next);
    }

    /// <summary>The first key became contended between two looks at it, and a set asked for none at all.</summary>
    [Fact]
    public async Task TheFirstKey_IsAlwaysAskedFor_WhateverOthersReport()
    {
        using var end = new CancellationTokenSource();
        var others = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                _contended.Report("a", wasBusy: true);
                _contended.Report("a", wasBusy: false);
            }
        }, TestContext.Current.CancellationToken);

        var asked = Enumerable.Range(0, 1_000_000).Select(_ => Next).Distinct().ToList();
        await end.CancelAsync();
        await others;

        Assert.All(asked, keys => Assert.StartsWith("a", keys, StringComparison.Ordinal));
    }
}
