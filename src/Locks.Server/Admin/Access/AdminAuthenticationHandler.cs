using System.Security.Claims;
using System.Text.Encodings.Web;
using Locks.Server.Admin.Problems;
using Locks.Server.Admin.Writing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Locks.Server.Admin.Access;

/// <summary>
/// Finds out who makes a request: the operator that has the key, where keys are configured; else whoever works on this machine, and no other.
/// </summary>
internal sealed class AdminAuthenticationHandler(
    IOptionsMonitor<AdminSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AdminKeys keys, AdminAudit audit)
    : AuthenticationHandler<AdminSchemeOptions>(options, logger, encoder)
{
    /// <summary>The name of the scheme.</summary>
    public new const string Scheme = "LocksAdmin";

    /// <summary>The claim that says what an operator may do.</summary>
    public const string AccessClaim = "locks:access";

    /// <summary>The operator's name where no key tells one.</summary>
    public const string Loopback = "loopback";

    private const string Bearer = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (!keys.Any)
        {
            await RefuseAsync(AdminProblem.NotLocal()).ConfigureAwait(false);
            return;
        }

        var isWrong = (await HandleAuthenticateOnceSafeAsync().ConfigureAwait(false)).Failure is not null;
        Response.Headers.WWWAuthenticate = $"Bearer realm=\"locks\"{(isWrong ? ", error=\"invalid_token\"" : "")}";
        await RefuseAsync(AdminProblem.KeyRequired(isWrong)).ConfigureAwait(false);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => RefuseAsync(AdminProblem.ReadOnlyKey());

    private AuthenticateResult Authenticate()
    {
        if (!keys.Any)
            return LocalRequest.IsLocal(Context) ? Success(Loopback, AdminAccess.Write) : AuthenticateResult.NoResult();

        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();

        return keys.Find(header[Bearer.Length..].Trim()) is { } key
            ? Success(key.Name, key.Access)
            : AuthenticateResult.Fail("The key is not one of those configured.");
    }

    private static AuthenticateResult Success(string name, AdminAccess access)
    {
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, name), new Claim(AccessClaim, access.ToString())], AdminAuthenticationHandler.Scheme);
        return AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(identity), AdminAuthenticationHandler.Scheme));
    }

    private Task RefuseAsync(AdminProblem problem)
    {
        audit.RefusedUnread(Context, problem);
        return problem.ToResult().ExecuteAsync(Context);
    }
}

/// <summary>The scheme has no settings of its own: the keys are its options.</summary>
internal sealed class AdminSchemeOptions : AuthenticationSchemeOptions;
