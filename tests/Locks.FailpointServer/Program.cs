using System.Globalization;
using Locks.Failpoints;
using Locks.Server;
using Locks.Server.Commands;

// The server as it is, with failpoints, which are nowhere in it: it dies when it comes to one of them for the last time. The arguments are the
// failpoint's name and how many times it comes there; the server's settings are in the environment.
var fuse = new Fuse(Enum.Parse<Failpoint>(args[0]), int.Parse(args[1], CultureInfo.InvariantCulture));
var app = ServerHost.Build([], configure: services => services.AddFailpoints(fuse));
return await RunCommand.RunAsync(app, static () => Task.CompletedTask);
