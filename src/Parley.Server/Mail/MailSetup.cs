using Parley.Server.Hosting;
using Parley.Server.Notices;

namespace Parley.Server.Mail;

/// <summary>What mail consists of: the outbox, and who empties it where there is a mail server.</summary>
public static class MailSetup
{
    public static void AddMail(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<Outbox>();
        if (options.Mail is { } mail)
            services.AddSingleton(mail).AddHostedService<Mailer>().AddHostedService<MissedMailWatch>();
    }
}
