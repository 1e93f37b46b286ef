using Hangfire;
using Hangfire.Server;
using Hangfire.States;
using Locks.Client;

namespace Locks.Hangfire;

/// <summary>The lock of a job that is being performed. When it is lost, the job fails in the storage, which aborts it.</summary>
internal sealed class HeldJobLock : IDisposable
{
    /// <summary>Under this name the lock is found among the items of the job's context.</summary>
    public const string Name = "Locks.HeldJobLock";

    private readonly CancellationTokenRegistration _loss;

    public HeldJobLock(ILockHandle handle, PerformContext context)
    {
        Handle = handle;
        var (storage, job) = (context.Storage, context.BackgroundJob.Id);
        _loss = handle.Lost.UnsafeRegister(_ => Fail(storage, job), null);
    }

    public ILockHandle Handle { get; }

    public void Dispose()
    {
        _loss.Dispose();
        Handle.Dispose();
    }

    private void Fail(JobStorage storage, string job) => new BackgroundJobClient(storage).ChangeState(
        job, new FailedState(new LockLostException(Handle.Key, Handle.Loss)), ProcessingState.StateName);
}
