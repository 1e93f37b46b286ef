using System.Text.Json.Serialization;
using Locks.Benchmarks.Baselines;

namespace Locks.Benchmarks.Contestants;

/// <summary>One end of what is measured, described so that any process can open it.</summary>
[JsonDerivedType(typeof(RawResponderPart), "raw-responder")]
[JsonDerivedType(typeof(RawCallerPart), "raw-caller")]
[JsonDerivedType(typeof(EchoConsumerPart), "echo-consumer")]
[JsonDerivedType(typeof(EchoRequesterPart), "echo-requester")]
[JsonDerivedType(typeof(AdvisoryLocksPart), "advisory-locks")]
[JsonDerivedType(typeof(DurableCommitsPart), "durable-commits")]
[JsonDerivedType(typeof(CoordinatorPart), "coordinator")]
[JsonDerivedType(typeof(LockTakerPart), "lock-taker")]
internal abstract record Part
{
    public abstract Task<IAsyncDisposable> OpenAsync(CancellationToken cancellationToken);
}
