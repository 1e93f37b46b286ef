using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Pipeline;
using MassTransit;

namespace Locks.Coordinator.Saga.Batches;

/// <summary>
/// A batch that is being served, over as many tries as its message gets: what is done is not done again, and what fails fails by itself.
/// </summary>
/// <param name="id">What its sender calls it.</param>
/// <param name="replyTo">Who is told; nobody, where the coordinator wakes its locks itself.</param>
internal sealed class BatchExecution(Guid id, Uri? replyTo)
{
    private readonly List<CommandWorkItem> _works = [];
    private readonly List<(ReplyTo Asker, object Reply)> _refusals = [];
    private TaskCompletionSource _returned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _notTold;
    private int _undecided;
    private int _untold;

    public Guid Id => id;

    public Uri? ReplyTo => replyTo;

    /// <summary>The message, in its present try.</summary>
    public ConsumeContext Context { get; private set; } = null!;

    public void Add(CommandWorkItem work) => _works.Add(work);

    /// <summary>A command that breaks a limit is answered, and goes no further.</summary>
    public void Refuse(Guid? requestId, object reply) => _refusals.Add((new ReplyTo(replyTo!, requestId), reply));

    /// <summary>Serves what is not done yet.</summary>
    /// <exception cref="LockConflictException">Some of it met changes by somebody else.</exception>
    /// <exception cref="Storage.LockStoreUnavailableException">The store is away.</exception>
    public async Task ServeAsync(ConsumeContext context, PartitionWorkers workers, ReplySender sender)
    {
        Context = context;
        List<CommandWorkItem> open = [.. _works.Where(work => !work.IsDone)];
        if (open.Count == 0)
        {
            await TellAsync(sender).ConfigureAwait(false);
            return;
        }

        _returned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _undecided = _untold = open.Count;
        workers.Post(open);
        await _returned.Task.ConfigureAwait(false);
        if (_notTold is not null)
            throw _notTold;
        if (open.Find(work => work.Trouble is not null) is { Trouble: { } trouble })
            throw trouble;
    }

    /// <summary>Tells the client that the rest will not be served.</summary>
    public Task GiveUpAsync(Exception exception, ReplySender sender)
    {
        foreach (var work in _works.Where(work => !work.IsDone))
            Refuse(work.RequestId, new CommandFailed(work.CommandName, (work.Trouble ?? exception).Message));
        return TellAsync(sender);
    }

    /// <summary>A command has come back from its worker.</summary>
    public void Returned(ReplyBuffer answers)
    {
        answers.CompleteAfterwards(this);
        if (Interlocked.Decrement(ref _undecided) == 0 && _works.TrueForAll(work => work.IsDone))
            Settle(answers);
    }

    /// <summary>All that there was to tell of one of its commands has been told. Its commands may come back in several groups, which tell side by side.</summary>
    public void Told(Exception? notTold)
    {
        if (notTold is not null)
            _notTold = notTold;
        if (Interlocked.Decrement(ref _untold) == 0)
            _returned.TrySetResult();
    }

    private async Task TellAsync(ReplySender sender)
    {
        var answers = new ReplyBuffer();
        Settle(answers);
        _untold = 1;
        answers.CompleteAfterwards(this);
        await sender.SendAsync(answers).ConfigureAwait(false);
        if (_notTold is not null)
            throw _notTold;
    }

    private void Settle(ReplyBuffer answers)
    {
        foreach (var (asker, reply) in _refusals)
            answers.Add(asker, reply);
        if (replyTo is not null)
            answers.Settle(this);
    }
}
