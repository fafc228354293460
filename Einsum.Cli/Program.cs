using EinsumNet.Tool;

return Cli.Run(args, Console.Out, Console.Error);
