using System.Text;
using Locks.Histories.Checking;
using Locks.Histories.Records;
using Xunit;

namespace Locks.Simulation.Tests.Histories;

/// <summary>The files of histories, which processes leave that may be killed at any moment.</summary>
public sealed class HistoryFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("locks-history-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void WhatIsWritten_IsRead_WhileTheWriterIsOpen()
    {
        using var writer = new HistoryWriter(FileOf("one"), "one");
        var record = new HistoryRecord
        {
            At = HistoryWriter.Now,
            Process = writer.Process,
            Kind = RecordKind.Invoke,
            Call = writer.NextCall(),
            What = CallKind.Acquire,
            Key = "a\nb",
            Bound = 1.5,
        };

        writer.Write(record);

        Assert.Equal([record], HistoryFile.ReadAll(_folder.FullName));
    }

    [Fact]
    public void TheLineThatAKilledProcessWasWriting_IsLeftOut()
    {
        var record = new HistoryRecord { At = 1, Process = "one", Kind = RecordKind.Ended };
        File.WriteAllBytes(FileOf("one"), [.. record.ToLine(), .. record.ToLine()[..^3]]);

        Assert.Equal([record], HistoryFile.ReadAll(_folder.FullName));
    }

    [Fact]
    public void AnyOtherLineThatCantBeRead_IsAnError()
    {
        var record = new HistoryRecord { At = 1, Process = "one", Kind = RecordKind.Ended };
        File.WriteAllBytes(FileOf("one"), [.. Encoding.UTF8.GetBytes("{\"at\":\n"), .. record.ToLine()]);

        Assert.Throws<InvalidDataException>(() => HistoryFile.ReadAll(_folder.FullName));
    }

    [Fact]
    public void ARecordOfACallThatDidNotBegin_IsAnError() => Assert.Throws<InvalidDataException>(
        () => HistoryChecker.Check([new HistoryRecord { At = 1, Process = "one", Kind = RecordKind.Ok, Call = 1 }]));

    private string FileOf(string process) => Path.Combine(_folder.FullName, $"{process}.jsonl");
}
