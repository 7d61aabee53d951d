import { type ReactNode, useId } from "react";
import { Section } from "../../parts/layout/page.tsx";
import { changeSettings, type Settings, useSettings } from "../../settings/settings.ts";
import { useTexts } from "../../texts/texts.ts";
import styles from "./settings.module.css";

const languages = { en: "English", ko: "한국어" };

/** Language, theme, time zone and colours, stored in this browser. */
export function Appearance() {
  const { settings: texts } = useTexts();
  const settings = useSettings();
  return (
    <Section title={texts.looks}>
      <div className={styles.choices}>
        <Choice
          label={texts.language}
          value={settings.language}
          options={languages}
          choose={(language) => changeSettings({ language })}
        />
        <Choice
          label={texts.theme}
          value={settings.theme}
          options={texts.themes}
          choose={(theme) => changeSettings({ theme })}
        />
        <Choice
          label={texts.zone}
          value={settings.zone}
          options={texts.zones}
          choose={(zone) => changeSettings({ zone })}
          note={texts.zoneNote}
        />
        <Choice
          label={texts.colours}
          value={settings.colours}
          options={texts.coloursOf}
          choose={(colours) => changeSettings({ colours })}
          note={
            <>
              <span className="gain">+1.23%</span> <span className="loss">-1.23%</span>
            </>
          }
        />
      </div>
    </Section>
  );
}

function Choice<Value extends Settings[keyof Settings]>({
  label,
  value,
  options,
  choose,
  note,
}: {
  readonly label: string;
  readonly value: Value;
  readonly options: Readonly<Record<Value, string>>;
  readonly choose: (value: Value) => void;
  readonly note?: ReactNode;
}) {
  const id = useId();
  return (
    <div className={styles.choice}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => choose(event.target.value as Value)}>
        {Object.entries<string>(options).map(([name, word]) => (
          <option key={name} value={name}>
            {word}
          </option>
        ))}
      </select>
      {note !== undefined && <p className="small muted">{note}</p>}
    </div>
  );
}
