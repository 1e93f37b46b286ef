using Locks.Contracts;
using Locks.Simulation.Running;

namespace Locks.Simulation.Network;

/// <summary>Messages in words, for the history.</summary>
internal static class Description
{
    public static string Of(object message, EventLog log) => message switch
    {
        LockCommands batch => $"batch {log.NameOf(batch.BatchId)}: {string.Join(", ", batch.Commands.Select(command => Of(command, log)))}",
        LockReplies batch => $"replies: {string.Join(", ", batch.Replies.Select(reply => Of(reply, log)).Concat(Completed(batch, log)))}",
        GrantLease grant => $"grant a lease {log.NameOf(grant.LeaseId)} for {grant.Ttl.TotalSeconds:0.00} s",
        RenewLease renew => $"renew the lease {log.NameOf(renew.LeaseId)} for {renew.Ttl.TotalSeconds:0.00} s",
        RevokeLease revoke => $"revoke the lease {log.NameOf(revoke.LeaseId)}",
        DescribeLease describe => $"describe the lease {log.NameOf(describe.LeaseId)}",
        LeaseDue due => $"the lease {log.NameOf(due.LeaseId)} is due",
        LeaseGranted granted => $"the lease {log.NameOf(granted.LeaseId)} is granted for {granted.Ttl.TotalSeconds:0.00} s",
        LeaseRenewed renewed => $"the lease {log.NameOf(renewed.LeaseId)} is renewed for {renewed.Ttl.TotalSeconds:0.00} s",
        LeaseRevoked revoked => $"the lease {log.NameOf(revoked.LeaseId)} is revoked",
        LeaseNotFound notFound => $"the lease {log.NameOf(notFound.LeaseId)} is not found",
        LeaseEnded ended => $"the lease {log.NameOf(ended.LeaseId)} has ended ({ended.Reason})",
        _ => message.GetType().Name,
    };

    private static IEnumerable<string> Completed(LockReplies batch, EventLog log) =>
        (batch.Completed ?? []).Select(id => $"batch {log.NameOf(id)} is done");

    private static string Of(LockCommand command, EventLog log) => command switch
    {
        { Acquire: { } acquire } =>
            $"acquire '{acquire.Key}' {log.NameOf(acquire.AcquireId)} for {acquire.Lease.TotalSeconds:0.00} s"
            + (acquire.LeaseId is { } lease ? $" on the lease {log.NameOf(lease)}" : "")
            + (acquire.Wait is { } wait ? $", waiting {wait.TotalSeconds:0.00} s" : ""),
        { Cancel: { } cancel } => $"cancel '{cancel.Key}' {log.NameOf(cancel.AcquireId)}",
        { Confirm: { } confirm } => $"confirm '{confirm.Key}' {confirm.FencingToken}",
        { Renew: { } renew } => $"renew '{renew.Key}' for {renew.Lease.TotalSeconds:0.00} s",
        { Release: { } release } => $"release '{release.Key}' {log.NameOf(release.AcquireId)}",
        { Revoke: { } revoke } => $"revoke '{revoke.Key}'",
        _ => "another command",
    };

    private static string Of(LockReply reply, EventLog log) => reply switch
    {
        { Acquired: { } grant } =>
            $"'{grant.Key}' {log.NameOf(grant.AcquireId)} is granted for {grant.Lease.TotalSeconds:0.00} s, token {grant.FencingToken}"
            + (grant.Cohort is { } cohort ? $", with {string.Join(" ", cohort.Select(member => log.NameOf(member.AcquireId)))}" : ""),
        { Denied: { } denied } => $"'{denied.Key}' {log.NameOf(denied.AcquireId)} is denied ({denied.Reason})",
        { Queued: { } queued } => $"'{queued.Key}' {log.NameOf(queued.AcquireId)} is queued at {queued.Rank}",
        { Renewed: { } renewed } => $"'{renewed.Key}' {renewed.FencingToken} is renewed for {renewed.Lease.TotalSeconds:0.00} s",
        { Lost: { } lost } => $"'{lost.Key}' is lost ({lost.Reason})",
        { Released: { } released } => $"'{released.Key}' is released",
        { NotHeld: { } notHeld } => $"'{notHeld.Key}' is not held",
        { Failed: { } failed } => $"{failed.Command} failed",
        _ => "another reply",
    };
}
