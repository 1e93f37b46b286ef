using Locks.TestKit;
using Xunit;

namespace Locks.Contracts.Tests;

/// <summary>The approval helper itself: it must be unable to approve by itself.</summary>
public sealed class ApprovalTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Guid.CreateVersion7() + ".txt");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Verify_OfTheApprovedText_Passes()
    {
        File.WriteAllText(_path, "one\r\ntwo\r\n");

        Approved.Verify(_path, "the file", "one\ntwo", approve: false);
    }

    [Fact]
    public void Verify_OfAnotherText_ShowsTheFirstDifferenceAndHowToApprove()
    {
        File.WriteAllText(_path, "one\ntwo\nthree\n");

        var refusal = Assert.Throws<NotApprovedException>(() => Approved.Verify(_path, "the file", "one\nzwei\ndrei\n", approve: false));

        Assert.Contains("the file differs from line 2 on", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("approved: two", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("now:      zwei", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("LOCKS_APPROVE=1", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("drei", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_WithNothingApproved_Fails() =>
        Assert.Throws<NotApprovedException>(() => Approved.Verify(_path, "the file", "one", approve: false));

    [Fact]
    public void Verify_WhenAskedToApprove_RewritesTheFileAndFailsAllTheSame()
    {
        Assert.Throws<NotApprovedException>(() => Approved.Verify(_path, "the file", "one", approve: true));

        Assert.Equal("one\n", File.ReadAllText(_path));
    }
}
