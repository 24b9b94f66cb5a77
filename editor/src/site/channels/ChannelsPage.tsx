/** Settings → Alarms: a card for each way in which people are told. */
import { useEffect, useState } from "react";
import { socket } from "../../platform/api/socket";
import { useWords } from "../../platform/i18n";
import { Loading } from "../../platform/kit/Loading";
import { useLoaded } from "../../platform/kit/useLoaded";
import { Attempts } from "./Attempts";
import { EmailCard } from "./EmailCard";
import { RobotCard } from "./RobotCard";
import { SmsCard } from "./SmsCard";
import type { Attempt, Card, CardList, EmailSettings, RobotSettings, SmsSettings } from "./types";
import "./channels.css";

export default function ChannelsPage() {
  const { t } = useWords();
  const { value: loaded } = useLoaded<CardList>("/channels");
  const [saved, setSaved] = useState<Record<string, Card>>({});
  const [last, setLast] = useState<Record<string, Attempt>>({});
  useEffect(() => socket.subscribe<Attempt>("live:channels", ({ items }) =>
    setLast((was) => ({ ...was, ...Object.fromEntries(items.map((attempt) => [attempt.channel, attempt])) }))), []);
  const onSaved = (card: Card) => setSaved((was) => ({ ...was, [card.name]: card }));
  const cards = loaded?.cards.map((card): Card => {
    const now = saved[card.name] ?? card;
    return { ...now, last: last[card.name] ?? now.last };
  });
  return (
    <div className="page channels-page">
      <header className="page-head"><h1>{t("page.channels")}</h1></header>
      <p className="page-intro">{t("channels.intro")}</p>
      {!cards ? <Loading /> : (
        <div className="channels">
          {cards.map((card) => {
            switch (card.kind) {
              case "email": return <EmailCard key={card.name} card={card as Card<EmailSettings>} onSaved={onSaved} />;
              case "robot": return <RobotCard key={card.name} card={card as Card<RobotSettings>} variables={loaded?.variables ?? []} onSaved={onSaved} />;
              default: return <SmsCard key={card.name} card={card as Card<SmsSettings>} onSaved={onSaved} />;
            }
          })}
        </div>
      )}
      {cards && <Attempts names={cards.map(({ name }) => name)} changed={last} />}
    </div>
  );
}
