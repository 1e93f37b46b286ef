using System.Net.Mime;

namespace Locks.Simulation.Network;

/// <summary>A message on its way.</summary>
/// <param name="Message">What was sent, for the model and the history. Its receiver reads the body.</param>
/// <param name="ContentType">The format of the body.</param>
/// <param name="Body">The bytes that travel.</param>
internal sealed record Envelope(object Message, ContentType ContentType, byte[] Body);
