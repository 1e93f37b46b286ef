using System.Collections.Concurrent;
using System.Globalization;
using Locks.Client;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Compliance.ReferenceShapes;

/// <summary>"Distributed Lock" (reference 004): consumers on several nodes compete for the files that a producer puts into one share.</summary>
public abstract class Reference004Shape : ReferenceShape
{
    private const int Files = 40;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task ConsumersThatCompeteForTheFilesOfAShare_ParseAndPersistEachOnce()
    {
        using var share = new Share();
        share.Produce(Files);
        var table = new Table();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new Consumer(NewDistributedLock(), share, table).ConsumeAllAsync())).Within();

        Assert.Empty(share.Files);
        Assert.Equal(Enumerable.Range(0, Files), table.Rows.Order());
    }

    [Fact]
    public async Task SetIfNotExists_OneOfManyWhoTryAtOnceGetsIt()
    {
        var consumers = Enumerable.Range(0, 8).Select(_ => NewDistributedLock()).ToList();

        var tokens = await Task.WhenAll(consumers.Select(locks => locks.UsingTokenAsync("file1.txt", Minute)));

        Assert.Single(tokens, token => token.HasLock);
        await Task.WhenAll(tokens.Select(token => token.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task DeleteIfExistsAndTokenMatches_NoOtherOwnerCanFreeIt()
    {
        await using var held = await NewDistributedLock().UsingTokenAsync("file1.txt", Minute);

        await NewDistributedLock().ReleaseLockAsync("file1.txt");
        var answer = await Fixture.AskAsync<ReleaseLock, LockReleased, LockNotHeld>(new ReleaseLock("file1.txt", "another node's token"));

        Assert.IsType<LockNotHeld>(answer);
        await using var other = await NewDistributedLock().UsingTokenAsync("file1.txt", Minute);
        Assert.False(other.HasLock);
        Assert.True(await held.Handle!.RenewAsync());
    }

    [Fact]
    public async Task AConsumerThatCrashes_LeavesItsFileToAnother_WhenItsLeaseExpires()
    {
        using var share = new Share();
        share.Produce(1);
        var table = new Table();
        var crashed = await NewDistributedLock().UsingTokenAsync("0.txt", TimeSpan.FromSeconds(2));
        var patient = new Consumer(NewDistributedLock(), share, table);

        await patient.ConsumeOnceAsync();
        Assert.Empty(table.Rows);
        await patient.ConsumeAllAsync().Within();

        Assert.Equal([0], table.Rows);
        Assert.False(crashed.HasLock);
        Assert.False(await crashed.Handle!.ReleaseAsync());
    }

    /// <summary>What the document calls best effort: the lock can't stop a consumer that slept past its lease. The table can.</summary>
    [Fact]
    public async Task AConsumerThatSleptPastItsLease_IsRefusedByATableThatChecksTheFence()
    {
        var table = new Table();
        var slept = await NewDistributedLock().UsingTokenAsync("0.txt", TimeSpan.FromSeconds(1));
        await using var next = await NewDistributedLock().AwaitLockAsync("0.txt", Minute, Minute);

        Assert.True(table.TryInsert(0, next.Handle!.FencingToken));

        Assert.True(slept.Handle!.Lost.IsCancellationRequested);
        Assert.False(table.TryInsert(0, slept.Handle.FencingToken));
        Assert.Equal([0], table.Rows);
    }

    /// <summary>A folder that all nodes see.</summary>
    private sealed class Share : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("locks-share-");

        public FileInfo[] Files => _folder.GetFiles();

        public void Produce(int files)
        {
            for (var number = 0; number < files; number++)
                File.WriteAllText(Path.Combine(_folder.FullName, $"{number}.txt"), number.ToString(CultureInfo.InvariantCulture));
        }

        public void Dispose() => _folder.Delete(recursive: true);
    }

    /// <summary>Where the consumers persist what they parse. It has no key of its own that would refuse a second row.</summary>
    private sealed class Table
    {
        private readonly ConcurrentQueue<int> _rows = new();
        private readonly Lock _gate = new();
        private long _highestFence;

        public IReadOnlyCollection<int> Rows => _rows;

        public void Insert(int row) => _rows.Enqueue(row);

        public bool TryInsert(int row, long fence)
        {
            lock (_gate)
            {
                if (fence < _highestFence)
                    return false;

                _highestFence = fence;
                Insert(row);
                return true;
            }
        }
    }

    private sealed class Consumer(IDistributedLock locks, Share share, Table table)
    {
        public async Task ConsumeAllAsync()
        {
            while (share.Files.Length > 0)
                await ConsumeOnceAsync();
        }

        public async Task ConsumeOnceAsync()
        {
            foreach (var file in share.Files)
            {
                await using var token = await locks.UsingTokenAsync(file.Name, Minute);

                // Another consumer has it, or had it since the share was listed.
                file.Refresh();
                if (!token.HasLock || !file.Exists)
                    continue;

                var parsed = int.Parse(await File.ReadAllTextAsync(file.FullName), CultureInfo.InvariantCulture);
                table.Insert(parsed);
                file.Delete();
            }
        }
    }
}
