using System.Security.Claims;
using Locks.Admin.Problems;
using Locks.Admin.Writing;

namespace Locks.Admin.Access;

/// <summary>
/// Finds out who makes a request, and lets it pass or says why not: the operator that has the key, where keys are configured; else the people
/// and programs of this machine, and no others.
/// </summary>
/// <remarks>
/// It is no authentication scheme. A second scheme in an application that has one takes that one's place as the default away, and one in an
/// application that has none would become its default.
/// </remarks>
internal sealed class AdminGate(AdminKeys keys, AdminAudit audit)
{
    /// <summary>The operator's name where no key tells one.</summary>
    public const string Loopback = "loopback";

    private const string AuthenticationType = "LocksAdmin";
    private const string Bearer = "Bearer ";

    /// <summary>Lets a request pass, under its operator's name, or answers it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="needed">What it needs.</param>
    /// <returns>Whether it may pass; if not, it is answered.</returns>
    public async Task<bool> TryPassAsync(HttpContext context, AdminAccess needed)
    {
        var problem = keys.Any ? CheckKey(context, needed) : CheckIsLocal(context);
        if (problem is null)
            return true;

        audit.RefusedUnread(context, problem);
        await problem.ToResult().ExecuteAsync(context).ConfigureAwait(false);
        return false;
    }

    private static AdminProblem? CheckIsLocal(HttpContext context)
    {
        if (!LocalRequest.IsLocal(context))
            return AdminProblem.NotLocal();

        Name(context, Loopback);
        return null;
    }

    private static void Name(HttpContext context, string name) =>
        context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], AuthenticationType));

    private AdminProblem? CheckKey(HttpContext context, AdminAccess needed)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var isGiven = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);
        if (!isGiven || keys.Find(header[Bearer.Length..].Trim()) is not { } key)
        {
            context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"locks\"{(isGiven ? ", error=\"invalid_token\"" : "")}";
            return AdminProblem.KeyRequired(isWrong: isGiven);
        }

        Name(context, key.Name);
        return key.Access >= needed ? null : AdminProblem.ReadOnlyKey();
    }
}
