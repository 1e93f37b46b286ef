using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Locks.Server.Diagnostics;

namespace Locks.Server.Configuration;

/// <summary>
/// Decides whether the broker's certificate is trusted, and says why it is not: the connection's own error does not. MassTransit, left
/// alone, accepts a certificate of any issuer.
/// </summary>
/// <param name="tls">What is expected.</param>
/// <param name="logger">Is told once of each reason.</param>
internal sealed class BrokerCertificateCheck(BrokerTls tls, ILogger logger)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private string? _told;

    public bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (Problem(certificate, chain, errors) is not { } problem)
            return true;

        // The connection is tried again every few seconds.
        if (Interlocked.Exchange(ref _told, problem) != problem)
            logger.BrokerNotTrusted(certificate?.Subject ?? "none", certificate?.Issuer ?? "none", problem);
        return false;
    }

    private string? Problem(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || chain is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return "there is none";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"it is not issued to '{tls.ServerName}'";
        if (tls.Authorities is null)
            return errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? Reasons(chain) : null;

        using var trusted = new X509Chain();
        trusted.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        trusted.ChainPolicy.CustomTrustStore.AddRange(tls.Authorities);
        trusted.ChainPolicy.ExtraStore.AddRange(chain.ChainElements.Select(element => element.Certificate).ToArray());
        trusted.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        trusted.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        using var own = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return trusted.Build(own) ? null : Reasons(trusted);
    }

    private static string Reasons(X509Chain chain) =>
        string.Join(", ", chain.ChainStatus.Select(status => status.Status).Where(status => status != X509ChainStatusFlags.NoError));
}
