using Locks.Cli.Output;
using Xunit;

namespace Locks.Cli.Tests.Output;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("order:42/ä€😀", "order:42/ä€😀")]
    [InlineData("\u001b[2J", "\\u001b[2J")]
    [InlineData("a\nb\tc\u0085", "a\\u000ab\\u0009c\\u0085")]
    [InlineData("\u202egnp.exe", "\\u202egnp.exe")]
    [InlineData("a\u2028b", "a\\u2028b")]
    public void WhatControlsATerminal_IsEscaped(string text, string printed) => Assert.Equal(printed, Printable.Of(text));
}
