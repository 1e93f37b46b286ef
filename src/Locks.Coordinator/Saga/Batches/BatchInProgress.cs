using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Saga.Lanes;
using MassTransit;

namespace Locks.Coordinator.Saga.Batches;

/// <summary>
/// A batch that is being served, over as many tries as its message gets: what is done is not done again, and what fails fails by itself.
/// </summary>
/// <param name="id">What its sender calls it.</param>
/// <param name="replyTo">Who is told; nobody, where the coordinator wakes its locks itself.</param>
internal sealed class BatchInProgress(Guid id, Uri? replyTo)
{
    private readonly List<CommandWork> _works = [];
    private readonly List<(ReplyTo Asker, object Reply)> _refusals = [];
    private TaskCompletionSource _returned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _notTold;
    private int _underWay;

    public Guid Id => id;

    public Uri? ReplyTo => replyTo;

    /// <summary>The message, in its present try.</summary>
    public ConsumeContext Context { get; private set; } = null!;

    public void Add(CommandWork work) => _works.Add(work);

    /// <summary>A command that breaks a limit is answered, and goes no further.</summary>
    public void Refuse(Guid? requestId, object reply) => _refusals.Add((new ReplyTo(replyTo!, requestId), reply));

    /// <summary>Serves what is not done yet.</summary>
    /// <exception cref="LockConflictException">Some of it met changes by somebody else.</exception>
    /// <exception cref="Storage.LockStoreUnavailableException">The store is away.</exception>
    public async Task ServeAsync(ConsumeContext context, LockLanes lanes, AnswerSender sender)
    {
        Context = context;
        List<CommandWork> open = [.. _works.Where(work => !work.IsDone)];
        if (open.Count == 0)
        {
            await TellAsync(sender).ConfigureAwait(false);
            return;
        }

        _returned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _underWay = open.Count;
        lanes.Post(open);
        await _returned.Task.ConfigureAwait(false);
        if (_notTold is not null)
            throw _notTold;
        if (open.Find(work => work.Trouble is not null) is { Trouble: { } trouble })
            throw trouble;
    }

    /// <summary>Tells the client that the rest will not be served.</summary>
    public Task GiveUpAsync(Exception exception, AnswerSender sender)
    {
        foreach (var work in _works.Where(work => !work.IsDone))
            Refuse(work.RequestId, new CommandFailed(work.CommandName, (work.Trouble ?? exception).Message));
        return TellAsync(sender);
    }

    /// <summary>A command has come back from its lane.</summary>
    public void Returned(Answers answers)
    {
        if (Interlocked.Decrement(ref _underWay) > 0)
            return;

        if (_works.TrueForAll(work => work.IsDone))
            Settle(answers);
        answers.CompleteAfterwards(this);
    }

    /// <summary>All that there was to tell of this try has been told.</summary>
    public void Complete(Exception? notTold)
    {
        _notTold ??= notTold;
        _returned.TrySetResult();
    }

    private async Task TellAsync(AnswerSender sender)
    {
        var answers = new Answers();
        Settle(answers);
        answers.CompleteAfterwards(this);
        await sender.SendAsync(answers).ConfigureAwait(false);
        if (_notTold is not null)
            throw _notTold;
    }

    private void Settle(Answers answers)
    {
        foreach (var (asker, reply) in _refusals)
            answers.Add(asker, reply);
        if (replyTo is not null)
            answers.Settle(this);
    }
}
