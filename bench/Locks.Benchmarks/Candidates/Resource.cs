using System.Text.Json.Serialization;
using Locks.Benchmarks.Baselines;

namespace Locks.Benchmarks.Candidates;

/// <summary>One end of what is measured, described so that any process can open it.</summary>
[JsonDerivedType(typeof(RawResponderResource), "raw-responder")]
[JsonDerivedType(typeof(RawCallerResource), "raw-caller")]
[JsonDerivedType(typeof(EchoConsumerResource), "echo-consumer")]
[JsonDerivedType(typeof(EchoRequesterResource), "echo-requester")]
[JsonDerivedType(typeof(AdvisoryLocksResource), "advisory-locks")]
[JsonDerivedType(typeof(RedisLocksResource), "redis-locks")]
[JsonDerivedType(typeof(PostgresLocksResource), "postgres-locks")]
[JsonDerivedType(typeof(EtcdLocksResource), "etcd-locks")]
[JsonDerivedType(typeof(DurableCommitsResource), "durable-commits")]
[JsonDerivedType(typeof(CoordinatorResource), "coordinator")]
[JsonDerivedType(typeof(LockOperationResource), "lock-operation")]
[JsonDerivedType(typeof(SetOperationResource), "set-operation")]
internal abstract record Resource
{
    public abstract Task<IAsyncDisposable> OpenAsync(CancellationToken cancellationToken);
}
