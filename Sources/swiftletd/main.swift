import Daemon
import Glibc

exit(await DaemonCommand.run(CommandLine.arguments))
