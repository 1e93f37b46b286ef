using System.Text;
using System.Text.Json.Nodes;
using Locks.Contracts.Catalogue;
using Locks.TestKit;
using Locks.Transport.Batches;
using Xunit;

namespace Locks.Transport.Tests.Batches;

/// <summary>
/// Batches of older versions are read, and written with all that those know. Each file in <c>Pinned</c> has the batches of a version that may
/// be deployed, one on each line: it is never changed, and a new one comes with each release.
/// </summary>
public sealed class PinnedBatchTests
{
    public static TheoryData<string, string> Batches =>
    [
        .. from file in Directory.EnumerateFiles(Repository.PathOf("tests/Locks.Transport.Tests/Pinned"), "batches-*.txt")
           from line in File.ReadLines(file)
           select new TheoryDataRow<string, string>(Path.GetFileNameWithoutExtension(file), line),
    ];

    [Theory]
    [MemberData(nameof(Batches))]
    public void ABatchOfAnOlderVersion_IsReadWhole_AndIsWrittenWithAllThatItHad(string file, string batch)
    {
        var bytes = Encoding.UTF8.GetBytes(batch);
        var now = IsOfCommands(batch)
            ? BatchFormatTests.Lean(CommandsReader.Read(bytes))
            : BatchFormatTests.Lean(RepliesReader.Read(bytes));

        PinnedJson.AssertKept(JsonNode.Parse(batch), JsonNode.Parse(now), file);
    }

    [Fact]
    public void EveryCommandAndReply_IsInAPinnedBatch()
    {
        var pinned = Batches.Select(row => row.Data.Item2).ToList();

        var commands = pinned.Where(IsOfCommands).SelectMany(batch => CommandsReader.Read(Encoding.UTF8.GetBytes(batch)).Commands);
        Assert.All(CommandCatalogue.Batched, type => Assert.Contains(commands, command => type.MessageIn(command) is not null));
        var replies = pinned.Where(batch => !IsOfCommands(batch)).SelectMany(batch => RepliesReader.Read(Encoding.UTF8.GetBytes(batch)).Replies);
        Assert.All(ReplyCatalogue.Batched, type => Assert.Contains(replies, reply => type.MessageIn(reply) is not null));
    }

    private static bool IsOfCommands(string batch) => batch.Contains("\"commands\":", StringComparison.Ordinal);
}
