using Parley.Cli;

return await CommandLine.RunAsync(args);
