using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MassTransit;
using MassTransit.RabbitMqTransport;
using MassTransit.RabbitMqTransport.Configuration;
using RabbitMQ.Client;

namespace Locks.Transport.RabbitMq;

/// <summary>
/// How the product's own connection is opened: to the application's broker, as the application's user, but with what suits locks where the
/// application may have chosen otherwise.
/// </summary>
/// <param name="application">The application's settings.</param>
internal sealed class ConnectionSettings(RabbitMqHostSettings application) : RabbitMqHostSettings
{
    /// <summary>
    /// A connection that is cut off is noticed, and its queues are free again, after two of them. RabbitMQ's documentation takes 5 to 20 s for
    /// good values.
    /// </summary>
    public static readonly TimeSpan LongestHeartbeat = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether the connection is encrypted, and a certificate of any issuer is accepted. It is MassTransit's default, and lets another server
    /// pass for the broker.
    /// </summary>
    public bool AcceptsAnyIssuer =>
        Ssl && CertificateValidationCallback is null && AcceptablePolicyErrors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors);

    public string Host => application.Host;

    public int Port => application.Port;

    public string VirtualHost => application.VirtualHost;

    public string Username => application.Username;

    public string Password => application.Password;

    /// <summary><see cref="LongestHeartbeat"/>, or the application's if that is shorter.</summary>
    public TimeSpan Heartbeat =>
        application.Heartbeat > TimeSpan.Zero && application.Heartbeat < LongestHeartbeat ? application.Heartbeat : LongestHeartbeat;

    public bool Ssl => application.Ssl;

    public SslProtocols SslProtocol => application.SslProtocol;

    public string SslServerName => application.SslServerName;

    public SslPolicyErrors AcceptablePolicyErrors => application.AcceptablePolicyErrors;

    public string ClientCertificatePath => application.ClientCertificatePath;

    public string ClientCertificatePassphrase => application.ClientCertificatePassphrase;

    public X509Certificate ClientCertificate => application.ClientCertificate;

    public bool UseClientCertificateAsAuthenticationIdentity => application.UseClientCertificateAsAuthenticationIdentity;

    public LocalCertificateSelectionCallback CertificateSelectionCallback
    {
        get => application.CertificateSelectionCallback;
        set => throw new NotSupportedException();
    }

    public RemoteCertificateValidationCallback CertificateValidationCallback
    {
        get => application.CertificateValidationCallback;
        set => throw new NotSupportedException();
    }

    public IRabbitMqEndpointResolver EndpointResolver => application.EndpointResolver;

    /// <summary>The application's, so that an operator recognizes the process, and what it is for.</summary>
    public string ClientProvidedName => $"{application.ClientProvidedName} (locks)";

    public Uri HostAddress => application.HostAddress;

    /// <summary>Yes: membership of coordinators counts on it.</summary>
    public bool PublisherConfirmation => true;

    public ushort RequestedChannelMax => application.RequestedChannelMax;

    public TimeSpan RequestedConnectionTimeout => application.RequestedConnectionTimeout;

    /// <summary>None: the product's messages are batches already.</summary>
    public BatchSettings BatchSettings { get; } = new NoBatches();

    public TimeSpan ContinuationTimeout => application.ContinuationTimeout;

    public uint? MaxMessageSize => application.MaxMessageSize;

    public ICredentialsProvider CredentialsProvider => application.CredentialsProvider;

    public uint? RequestedFrameMax => application.RequestedFrameMax;

    public Task Refresh(ConnectionFactory connectionFactory) => application.Refresh(connectionFactory);

    private sealed class NoBatches : BatchSettings
    {
        public bool Enabled => false;

        public int MessageLimit => 2;

        public int SizeLimit => 1024;

        public TimeSpan Timeout => TimeSpan.Zero;
    }
}
